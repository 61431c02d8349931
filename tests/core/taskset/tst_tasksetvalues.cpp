// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/taskset/handmadesets.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

class TaskSetValuesTest : public QObject
{
    Q_OBJECT

private slots:
    void anIntegerIsCheckedAgainstItsRange_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("least") << u"1"_s << u"accepted"_s;
        QTest::newRow("most") << u"32"_s << u"accepted"_s;
        QTest::newRow("spaces") << u" 7 "_s << u"accepted"_s;
        QTest::newRow("below") << u"0"_s << u"tasks: 0 is out of range, 1 to 32 is possible"_s;
        QTest::newRow("above") << u"99"_s << u"tasks: 99 is out of range, 1 to 32 is possible"_s;
        QTest::newRow("beyond 64 bits") << u"99999999999999999999"_s
                                        << u"tasks: 99999999999999999999 is out of range, "
                                           u"1 to 32 is possible"_s;
        QTest::newRow("fraction") << u"2.5"_s << u"tasks: \"2.5\" is not a whole number"_s;
        QTest::newRow("word") << u"two"_s << u"tasks: \"two\" is not a whole number"_s;
        QTest::newRow("nothing") << QString() << u"tasks: \"\" is not a whole number"_s;
    }
    void anIntegerIsCheckedAgainstItsRange()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(refusal(integerParameter(u"tasks"_s, 1, 32), text), expected);
    }

    void theRangeIsToldWithItsUnit()
    {
        Parameter period = integerParameter(u"period_ms"_s, 50, 2000);
        period.unit = u"ms"_s;
        QCOMPARE(refusal(period, u"5"_s),
                 u"period_ms: 5 is out of range, 50 to 2000 ms is possible"_s);
    }

    void aRealTakesNoInfinity()
    {
        Parameter real = integerParameter(u"share"_s, 0, 1);
        real.type = Parameter::Type::Real;
        QCOMPARE(checkedValue(real, u"0.25"_s).value(), QJsonValue(0.25));
        QCOMPARE(refusal(real, u"inf"_s), u"share: \"inf\" is not a number"_s);
        QCOMPARE(refusal(real, u"nan"_s), u"share: \"nan\" is not a number"_s);
        QCOMPARE(refusal(real, u"1.01"_s), u"share: 1.01 is out of range, 0 to 1 is possible"_s);
    }

    void aBooleanTakesTheUsualWords()
    {
        Parameter join;
        join.name = u"join"_s;
        join.type = Parameter::Type::Boolean;
        for (const QString &word : {u"true"_s, u"YES"_s, u"on"_s, u"1"_s})
            QCOMPARE(checkedValue(join, word).value(), QJsonValue(true));
        for (const QString &word : {u"false"_s, u"no"_s, u"Off"_s, u"0"_s})
            QCOMPARE(checkedValue(join, word).value(), QJsonValue(false));
        QCOMPARE(refusal(join, u"maybe"_s), u"join: \"maybe\" is neither true nor false"_s);
    }

    void aChoiceNamesWhatIsPossible()
    {
        Parameter way;
        way.name = u"way"_s;
        way.type = Parameter::Type::Choice;
        way.choices = {u"jobs"_s, u"drivers"_s};
        QCOMPARE(checkedValue(way, u"Drivers"_s).value(), QJsonValue(u"drivers"_s));
        QCOMPARE(refusal(way, u"trains"_s),
                 u"way: \"trains\" is not possible, one of jobs, drivers is"_s);
    }

    void aTextIsBoundedAndHasNoControlCharacters()
    {
        Parameter names;
        names.name = u"names"_s;
        names.type = Parameter::Type::Text;
        names.minimum = 1;
        names.maximum = 5;
        QCOMPARE(checkedValue(names, u"a, b"_s).value(), QJsonValue(u"a, b"_s));
        QVERIFY(refusal(names, QString()).contains(u"1 to 5 characters"_s));
        QVERIFY(refusal(names, u"abcdef"_s).contains(u"1 to 5 characters"_s));
        QVERIFY(refusal(names, u"a\nb"_s).contains(u"control characters"_s));
    }

    void givenValuesOverlayTheDefaults()
    {
        const TaskSet set = validSet();
        const auto values = checkedParameters(set, {{u"tasks"_s, u"5"_s}, {u"join"_s, u"off"_s}});
        QVERIFY(values.isOk());
        QCOMPARE(values.value().value("tasks"_L1), QJsonValue(5));
        QCOMPARE(values.value().value("join"_L1), QJsonValue(false));
        QCOMPARE(values.value().value("way"_L1), QJsonValue(u"a"_s));
        QCOMPARE(checkedParameters(set, {}).value(), set.defaults());
    }

    void anUnknownParameterIsToldWithTheNearest()
    {
        const auto values = checkedParameters(validSet(), {{u"taks"_s, u"5"_s}});
        QVERIFY(!values);
        QCOMPARE(values.error().code, ErrorCode::BadInput);
        QVERIFY(values.error().message.starts_with(
            "for-the-test has no parameter \"taks\"; nearest: tasks"));
    }

    void aSetWithoutParametersSaysSo()
    {
        const auto values = checkedParameters(setWithParameters({}), {{u"x"_s, u"1"_s}});
        QVERIFY(!values);
        QVERIFY(values.error().message.starts_with("made has no parameters"));
    }

    void aLeastMustNotExceedItsMost()
    {
        Parameter longest = integerParameter(u"longest"_s, 1, 100);
        longest.atLeast = u"shortest"_s;
        const TaskSet set = setWithParameters({longest, integerParameter(u"shortest"_s, 1, 100)});
        const auto wrong =
            checkedParameters(set, {{u"shortest"_s, u"30"_s}, {u"longest"_s, u"20"_s}});
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, ErrorCode::BadInput);
        QCOMPARE(QString::fromStdString(wrong.error().message),
                 u"longest: 20 is less than shortest, which is 30; it must be at least as much"_s);
        QVERIFY(!checkedParameters(set, {{u"shortest"_s, u"2"_s}})); // the other one's default is 1
        QVERIFY(checkedParameters(set, {{u"shortest"_s, u"20"_s}, {u"longest"_s, u"20"_s}}).isOk());
        QVERIFY(!checkedValues(set, {{u"shortest"_s, 30}, {u"longest"_s, 20}}));
    }

    void valuesOfTheWindowAreCheckedAlike()
    {
        const TaskSet set = validSet();
        const auto values = checkedValues(
            set, {{u"tasks"_s, 5}, {u"share"_s, 0.25}, {u"join"_s, false}, {u"way"_s, u"b"_s}});
        QVERIFY2(values.isOk(), values ? "" : values.error().message.c_str());
        QCOMPARE(values.value().value("tasks"_L1), QJsonValue(5));
        QCOMPARE(values.value().value("share"_L1), QJsonValue(0.25));
        QCOMPARE(values.value().value("join"_L1), QJsonValue(false));
        QCOMPARE(values.value().value("way"_L1), QJsonValue(u"b"_s));
        QCOMPARE(values.value().value("names"_L1), QJsonValue(u"x,y"_s)); // its default
        QCOMPARE(checkedValues(set, {}).value(), set.defaults());
        QVERIFY(!checkedValues(set, {{u"tasks"_s, 99}}));
        QVERIFY(!checkedValues(set, {{u"tasks"_s, u"many"_s}}));
        QVERIFY(!checkedValues(set, {{u"names"_s, u"much too long"_s}}));
        QVERIFY(!checkedValues(set, {{u"unknown"_s, 1}}));
    }

    void aTextMatchesItsPatternAsAWhole()
    {
        Parameter times;
        times.name = u"times"_s;
        times.type = Parameter::Type::Text;
        times.maximum = 20;
        times.pattern = u"[0-9]+|none"_s;
        times.expected = u"a number, or none"_s;
        QCOMPARE(checkedValue(times, u"42"_s).value(), QJsonValue(u"42"_s));
        QCOMPARE(checkedValue(times, u"none"_s).value(), QJsonValue(u"none"_s));
        for (const QString &text : {QString(), u"4 2"_s, u"42 "_s, u"nonesuch"_s, u"x42"_s})
            QCOMPARE(refusal(times, text),
                     u"times: the text is not possible; expected is a number, or none"_s);
    }

    void aPasswordIsTakenOutOfWhatIsShown_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("usual") << u"mysql://me:secret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("an @ in it")
            << u"mysql://me:se@cret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("a ? in it")
            << u"mysql://me:se?cret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("a / in it") << u"mysql://me:1/cret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("a # in it") << u"mysql://me:se#cret@host"_s << u"mysql://me:...@host"_s;
        QTest::newRow("none") << u"mysql://me@host:3307/db?socket=/a"_s
                              << u"mysql://me@host:3307/db?socket=/a"_s;
        QTest::newRow("no address") << u"a:b@c"_s << u"a:b@c"_s;
    }
    void aPasswordIsTakenOutOfWhatIsShown()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const QJsonObject values = withoutPasswords({{u"database"_s, text}, {u"tasks"_s, 2}});
        QCOMPARE(values.value("database"_L1).toString(), shown);
        QCOMPARE(values.value("tasks"_L1).toInt(), 2);
    }

    void theNearestWordsComeFirst()
    {
        const QStringList words{u"two-sleepers"_s, u"primes"_s, u"pool-saturation"_s,
                                u"ordering"_s};
        QCOMPARE(nearest(u"prmies"_s, words).first(), u"primes"_s);
        QCOMPARE(nearest(u"SLEEPERS"_s, words), (QStringList{u"two-sleepers"_s}));
        QCOMPARE(nearest(u"primes"_s, words), (QStringList{u"primes"_s}));
        QVERIFY(nearest(u"x"_s, {}).isEmpty());
        QVERIFY(!nearest(QString(), words).isEmpty());
        QCOMPARE(nearest(u"a"_s, {u"b"_s, u"c"_s, u"d"_s, u"e"_s}).size(), qsizetype(3));
        QCOMPARE(nearest(QString(100'000, u'x'), words).size() > 0, true);
    }

    void everyModelHasATitle()
    {
        const QStringList models = knownModels();
        QCOMPARE(models.size(), qsizetype(6));
        for (const QString &model : models)
            QVERIFY(!modelTitle(model).isEmpty());
        QCOMPARE(modelTitle(u"pool"_s), u"Thread pool"_s);
    }
};

QTEST_GUILESS_MAIN(TaskSetValuesTest)
#include "tst_tasksetvalues.moc"
