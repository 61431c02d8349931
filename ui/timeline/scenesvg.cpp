// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/paintcache.h"
#include "ui/timeline/scenepainter.h"

#include <QFontMetricsF>
#include <QIODevice>
#include <QSet>
#include <QXmlStreamWriter>

#include <cmath>

namespace Interleave
{

namespace
{

QString number(qreal value)
{
    return QString::number(std::round(value * 100) / 100, 'g', 9);
}

QString hex(QRgb color)
{
    return QStringLiteral("%1").arg(color, 8, 16, QLatin1Char('0'));
}

/// Names come from programs, and XML 1.0 forbids most control characters and lone surrogates.
QString legalXml(const QString &text)
{
    QString legal = text;
    for (qsizetype i = 0; i < legal.size(); ++i) {
        const QChar c = legal.at(i);
        if (c.isHighSurrogate() && i + 1 < legal.size() && legal.at(i + 1).isLowSurrogate()) {
            ++i;
            continue;
        }
        const bool isControl =
            c.unicode() < 0x20 && c != QLatin1Char('\t') && c != QLatin1Char('\n');
        if (isControl || c.isSurrogate() || c.unicode() >= 0xfffe)
            legal[i] = QChar(QChar::ReplacementCharacter);
    }
    return legal;
}

class SvgWriter
{
public:
    SvgWriter(const Scene &scene, QIODevice &device)
        : m_scene(scene)
        , m_xml(&device)
    {
        m_xml.setAutoFormatting(true);
        m_xml.setAutoFormattingIndent(1);
    }

    bool write(const QString &title)
    {
        m_xml.writeStartDocument();
        m_xml.writeStartElement(QStringLiteral("svg"));
        m_xml.writeDefaultNamespace(QStringLiteral("http://www.w3.org/2000/svg"));
        attribute("version", QStringLiteral("1.1"));
        attribute("width", number(m_scene.size.width()));
        attribute("height", number(m_scene.size.height()));
        attribute("viewBox",
                  QStringLiteral("0 0 %1 %2")
                      .arg(number(m_scene.size.width()), number(m_scene.size.height())));
        m_xml.writeTextElement(QStringLiteral("title"), legalXml(title));
        writeDefinitions();
        if (m_scene.background.isValid())
            rect(QRectF(QPointF(0, 0), m_scene.size), m_scene.background.rgba());
        for (const SceneItem &item : m_scene.items)
            writeItem(item);
        for (; m_openGroups > 0; --m_openGroups)
            m_xml.writeEndElement();
        m_xml.writeEndDocument();
        return !m_xml.hasError();
    }

private:
    void attribute(const char *name, const QString &value)
    {
        m_xml.writeAttribute(QString::fromLatin1(name), value);
    }
    void start(const char *name) { m_xml.writeStartElement(QString::fromLatin1(name)); }

    static bool hasTexture(const SceneItem &item)
    {
        return item.kind == SceneItem::Kind::Rect
            && (item.pattern == Pattern::Hatched || item.pattern == Pattern::CrossHatched
                || item.pattern == Pattern::Dotted);
    }
    static QString patternId(const SceneItem &item)
    {
        const char *kind = item.pattern == Pattern::CrossHatched ? "x"
            : item.pattern == Pattern::Dotted                    ? "d"
                                                                 : "h";
        return QLatin1String(kind) + hex(item.color);
    }

    /// One pattern for each colour that is hatched or dotted, one clip path for each clipped area.
    void writeDefinitions()
    {
        start("defs");
        QSet<QString> written;
        int clips = 0;
        for (const SceneItem &item : m_scene.items) {
            if (item.kind == SceneItem::Kind::PushClip) {
                start("clipPath");
                attribute("id", QStringLiteral("clip%1").arg(clips++));
                rect(item.area, qRgb(0, 0, 0));
                m_xml.writeEndElement();
            }
            if (!hasTexture(item) || written.contains(patternId(item)))
                continue;
            written.insert(patternId(item));
            writePattern(item);
        }
        m_xml.writeEndElement();
    }

    void writePattern(const SceneItem &item)
    {
        const QString pitch = number(kHatchPitchPx);
        const bool isDotted = item.pattern == Pattern::Dotted;
        start("pattern");
        attribute("id", patternId(item));
        attribute("patternUnits", QStringLiteral("userSpaceOnUse"));
        attribute("width", pitch);
        attribute("height", pitch);
        rect(QRectF(0, 0, kHatchPitchPx, kHatchPitchPx),
             qRgba(qRed(item.color), qGreen(item.color), qBlue(item.color),
                   qAlpha(item.color) * (isDotted ? kStippleGround : kHatchGround) / 255));
        if (isDotted) {
            writeDot(kHatchPitchPx / 4, item.color);
            writeDot(kHatchPitchPx * 3 / 4, item.color);
        } else {
            writeHatch(item, pitch);
        }
        m_xml.writeEndElement();
    }
    void writeDot(qreal centre, QRgb color)
    {
        start("circle");
        attribute("cx", number(centre));
        attribute("cy", number(centre));
        attribute("r", number(kStippleRadiusPx));
        fill(color);
        m_xml.writeEndElement();
    }
    void writeHatch(const SceneItem &item, const QString &pitch)
    {
        // The short strokes in the corners close the line where one tile meets the next.
        QString path = QStringLiteral("M0 %1L%1 0M-1 1L1 -1M%2 %3L%3 %2")
                           .arg(pitch, number(kHatchPitchPx - 1), number(kHatchPitchPx + 1));
        if (item.pattern == Pattern::CrossHatched)
            path += QStringLiteral("M0 0L%1 %1").arg(pitch);
        start("path");
        attribute("d", path);
        stroke(item.color, 1.2);
        m_xml.writeEndElement();
    }

    void fill(QRgb color)
    {
        attribute("fill", QColor::fromRgb(color).name());
        if (qAlpha(color) < 255)
            attribute("fill-opacity", number(qAlpha(color) / 255.0));
    }
    void stroke(QRgb color, qreal width)
    {
        attribute("stroke", QColor::fromRgb(color).name());
        if (qAlpha(color) < 255)
            attribute("stroke-opacity", number(qAlpha(color) / 255.0));
        attribute("stroke-width", number(width));
        attribute("fill", QStringLiteral("none"));
    }
    void geometry(const QRectF &area)
    {
        attribute("x", number(area.left()));
        attribute("y", number(area.top()));
        attribute("width", number(area.width()));
        attribute("height", number(area.height()));
    }
    void rect(const QRectF &area, QRgb color)
    {
        start("rect");
        geometry(area);
        fill(color);
        m_xml.writeEndElement();
    }

    void writeItem(const SceneItem &item)
    {
        switch (item.kind) {
        case SceneItem::Kind::Rect:
            writeRect(item);
            break;
        case SceneItem::Kind::Line:
            writeLine(item);
            break;
        case SceneItem::Kind::Label:
            writeLabel(item);
            break;
        case SceneItem::Kind::Strip:
            writeStrip(item);
            break;
        case SceneItem::Kind::Diamond:
            writeDiamond(item);
            break;
        case SceneItem::Kind::PushClip:
            start("g");
            attribute("clip-path", QStringLiteral("url(#clip%1)").arg(m_clips++));
            ++m_openGroups;
            break;
        case SceneItem::Kind::PopClip:
            if (m_openGroups == 0)
                break;
            --m_openGroups;
            m_xml.writeEndElement();
            break;
        }
    }

    void writeRect(const SceneItem &item)
    {
        const bool isFrame = item.pattern == Pattern::Hollow;
        start("rect");
        if (isFrame) {
            const qreal half = qreal(item.penWidth) / 2;
            geometry(item.area.adjusted(half, half, -half, -half));
            stroke(item.color, qreal(item.penWidth));
        } else {
            geometry(item.area);
            if (item.pattern == Pattern::Solid || item.pattern == Pattern::Dashed)
                fill(item.color);
            else
                attribute("fill", QStringLiteral("url(#%1)").arg(patternId(item)));
        }
        if (item.corner > 0)
            attribute("rx", QString::number(item.corner));
        m_xml.writeEndElement();
    }

    void writeLine(const SceneItem &item)
    {
        start("line");
        attribute("x1", number(item.area.left()));
        attribute("y1", number(item.area.top()));
        attribute("x2", number(item.area.right()));
        attribute("y2", number(item.area.bottom()));
        stroke(item.color, qreal(item.penWidth));
        if (item.pattern == Pattern::Dotted)
            attribute("stroke-dasharray", QStringLiteral("2 2"));
        else if (item.pattern == Pattern::Dashed)
            attribute("stroke-dasharray", number(kDashPx) + u' ' + number(kDashPitchPx - kDashPx));
        m_xml.writeEndElement();
    }

    void writeStrip(const SceneItem &item)
    {
        const QRgb *colors = m_scene.strips.data() + item.index;
        for (std::uint32_t i = 0; i < item.count;) {
            std::uint32_t end = i + 1;
            while (end < item.count && colors[end] == colors[i])
                ++end;
            if (qAlpha(colors[i]) > 0) {
                rect(QRectF(item.area.left() + i, item.area.top(), end - i, item.area.height()),
                     colors[i]);
            }
            i = end;
        }
    }

    void writeDiamond(const SceneItem &item)
    {
        const QRectF &area = item.area;
        start("polygon");
        attribute("points",
                  QStringLiteral("%1,%2 %3,%4 %5,%6 %7,%8")
                      .arg(number(area.center().x()), number(area.top()), number(area.right()),
                           number(area.center().y()), number(area.center().x()),
                           number(area.bottom()), number(area.left()), number(area.center().y())));
        fill(item.color);
        m_xml.writeEndElement();
    }

    void writeLabel(const SceneItem &item)
    {
        const SceneLabel &label = m_scene.labels[item.index];
        const QFontMetricsF metrics(label.font);
        QString text = label.text;
        if (label.elide && metrics.horizontalAdvance(text) > item.area.width() + 1) {
            if (item.area.width() < 8)
                return;
            text = metrics.elidedText(text, Qt::ElideRight, item.area.width());
        }
        QString anchor = QStringLiteral("start");
        qreal x = item.area.left();
        if (label.align & Qt::AlignRight) {
            anchor = QStringLiteral("end");
            x = item.area.right();
        } else if (label.align & Qt::AlignHCenter) {
            anchor = QStringLiteral("middle");
            x = item.area.center().x();
        }
        qreal top = item.area.center().y() - metrics.height() / 2;
        if (label.align & Qt::AlignTop)
            top = item.area.top();
        else if (label.align & Qt::AlignBottom)
            top = item.area.bottom() - metrics.height();

        start("text");
        attribute("x", number(x));
        attribute("y", number(top + metrics.ascent()));
        attribute("font-family", label.font.family() + QStringLiteral(", sans-serif"));
        attribute("font-size", QString::number(pixelSize(label.font)));
        if (label.font.weight() != QFont::Normal)
            attribute("font-weight", QString::number(label.font.weight()));
        if (anchor != QLatin1String("start"))
            attribute("text-anchor", anchor);
        fill(item.color);
        m_xml.writeCharacters(legalXml(text));
        m_xml.writeEndElement();
    }

    static int pixelSize(const QFont &font)
    {
        // A font that was given in points has no pixel size; SVG's pixels are 1/96 of an inch.
        return font.pixelSize() > 0 ? font.pixelSize() : qRound(font.pointSizeF() * 96 / 72);
    }

    const Scene &m_scene;
    QXmlStreamWriter m_xml;
    int m_clips = 0;
    int m_openGroups = 0;
};

} // namespace

Result<void> writeSvg(const Scene &scene, QIODevice &device, const QString &title)
{
    if (!SvgWriter(scene, device).write(title))
        return Error{ErrorCode::Io,
                     "cannot write the SVG picture: " + device.errorString().toStdString()};
    return {};
}

} // namespace Interleave
