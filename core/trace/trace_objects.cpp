// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/trace.h"

namespace Interleave
{

const ObjectInfo *Trace::findObject(ObjectId id) const
{
    const std::size_t size = m_objects.size();
    for (std::size_t i = 0; i < size; ++i) {
        if (m_objects[i].id == id)
            return &m_objects[i];
    }
    return nullptr;
}

std::string Trace::objectName(ObjectId id) const
{
    if (id == kNoObject)
        return {};
    const ObjectInfo *object = findObject(id);
    if (object && !m_texts[object->name].empty())
        return m_texts[object->name];
    return std::string(objectKindName(object ? object->kind : ObjectKind::Lock)) + ' '
        + std::to_string(id);
}

void Trace::defineObject(ObjectId id, ObjectKind kind, std::uint32_t capacity,
                         std::string_view name)
{
    if (id == kNoObject || id >= kMostObjects)
        return;
    if (m_isObjectDefined.empty())
        m_isObjectDefined.resize(kMostObjects);
    if (m_isObjectDefined[id])
        return;
    m_isObjectDefined[id] = true;
    ObjectInfo info;
    info.id = id;
    info.kind = kind;
    info.capacity = capacity;
    info.name = addText(name);
    if (isHeld(kind)) {
        info.track = TrackIndex(m_tracks.size());
        Track &track = m_tracks.next();
        track.kind = TrackKind::Lock;
        track.object = id;
        m_tracks.publish();
    }
    m_objects.append(info);
}

} // namespace Interleave
