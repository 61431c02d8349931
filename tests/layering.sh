#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Fails when an include crosses a layer (README.md, "How the code is laid out"). A plain grep: the
# compiler does not object, as a target that links only Qt Core still finds the headers of the rest.
set -euo pipefail

cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
violations=0

# forbid WHAT PATTERN PLACE... : no file in these places includes what matches the extended PATTERN
# (the text between the quotes or angle brackets).
forbid() {
    local what=$1 pattern=$2 place found
    shift 2
    for place in "$@"; do
        [[ -e $place ]] || continue
        found=$(grep -rnE --include='*.h' --include='*.cpp' \
            "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" "$place" || true)
        if [[ -n $found ]]; then
            printf '%s\n' "$found" | sed "s|\$|    -- $what|"
            violations=1
        fi
    done
}

# allow_only ROOM... : what files of the first room may include of the rooms of core.
allow_only() {
    local room=$1 place found allowed
    place=core/$room
    [[ -d $place ]] || return 0
    allowed=$(printf '%s|' "$@")
    found=$(grep -rnE --include='*.h' --include='*.cpp' \
        '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]core/' "$place" \
        | grep -vE "[<\"]core/(${allowed%|})/" || true)
    if [[ -n $found ]]; then
        printf '%s\n' "$found" | sed "s|\$|    -- core/$room may use of core only: $*|"
        violations=1
    fi
}

widgets='QtGui|QtWidgets|QtSvg|QtPrintSupport|QtOpenGL'
widgets+='|Q(Gui)?Application|QWidget|QMainWindow|QWindow|QScreen|QPaint|QPen|QBrush|QColor|QPalette'
widgets+='|QFont|QGlyph|QText(Document|Layout|Cursor|Edit|Option|Format)|QImage|QPixmap|QBitmap|QPicture'
widgets+='|QIcon|QCursor|QTransform|QPolygon|QRegion>|QVector[234]D|QMatrix4x4|QQuaternion'
widgets+='|QAction|QShortcut|QKey|QMouse|QWheel|QTouch|QHover|QFocus|QClipboard|QDrag|QStyle'
widgets+='|Q(Abstract)?(Button|Label|Slider|SpinBox|ScrollArea|ItemView|Dialog)|QLayout|Q(V|H)BoxLayout'
widgets+='|Q(Grid|Form|Stacked)Layout|QTableView|QTreeView|QListView|QDockWidget|QMenu|QToolBar'
widgets+='|QStatusBar|QPushButton|QCheckBox|QComboBox|QLineEdit|QFileDialog|QMessageBox|QToolTip'
widgets+='|QDesktopServices|QSvg'

forbid 'core does not draw' "$widgets" core
forbid 'core knows neither ui nor app' '(\.\./)*(ui|app)/' core
forbid 'this room is plain C++: no Qt' 'Q[A-Z]|Qt|QCoro|qt6?/|q[a-z]+\.h' \
    core/base core/record core/sched core/trace core/engine/work \
    core/query/pixelruns.h core/query/statistics.h core/query/explanation.h
forbid 'ui asks, app/session carries out' '(\.\./)*core/(engine|record|sched|run|format)/' ui
forbid 'ui knows no app' '(\.\./)*app/' ui
forbid 'the product does not know its tests' '(\.\./)*tests/' core ui app

allow_only base
allow_only taskset base
allow_only record base
allow_only sched base
allow_only trace base record sched
allow_only engine base record taskset
allow_only query base record sched trace taskset
allow_only format base record sched trace query
allow_only run base record sched trace taskset query

if ((violations)); then
    echo 'layering: the includes above cross a layer' >&2
    exit 1
fi
echo 'layering: no include crosses a layer'
