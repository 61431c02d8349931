// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/outputs.h"

#include "app/commands.h"
#include "app/exitcodes.h"
#include "core/format/slicescsv.h"
#include "ui/export/pictureexport.h"

#include <QFileInfo>
#include <QJsonDocument>

namespace Interleave
{

Result<void> writeOutput(const std::vector<RunReport> &runs, const QJsonObject &document,
                         const QString &path, const Arguments &arguments)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QLatin1String("json")) {
        return writeFileSafely(path, [&](QIODevice &device) -> Result<void> {
            device.write(QJsonDocument(document).toJson());
            return {};
        });
    }
    if (ending == QLatin1String("csv")) {
        if (runs.size() != 1 || !runs.front().trace)
            return Error{ErrorCode::BadInput,
                         path.toStdString() + ": slices are written of one run, not of several"};
        return writeFileSafely(path, [&](QIODevice &device) {
            return writeSlicesCsv(TraceSnapshot(*runs.front().trace), device);
        });
    }
    PictureOptions options;
    options.size = arguments.size;
    options.scale = arguments.scale;
    options.theme = Theme::kindOf(arguments.theme);
    return exportPicture(runs, path, options);
}

int writeOutputs(const std::vector<RunReport> &runs, const QJsonObject &document,
                 const Arguments &arguments)
{
    int code = ExitDone;
    for (const QString &path : arguments.outs) {
        if (auto written = writeOutput(runs, document, path, arguments); !written)
            code = complain(written.error());
    }
    return code;
}

} // namespace Interleave
