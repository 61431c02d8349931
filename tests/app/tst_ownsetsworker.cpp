// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ownsetsworker.h"
#include "app/owntasksets.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>

#include <pthread.h>

using namespace Interleave;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

OwnSetsAnswer saying(const QString &message)
{
    OwnSetsAnswer answer;
    answer.message = message;
    return answer;
}

} // namespace

/// The files of own task sets are read and written beside the window's thread.
class TestOwnSetsWorker : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_data;

private slots:
    void initTestCase()
    {
        QCoreApplication::setOrganizationName(u"interleave-tests"_s);
        QCoreApplication::setApplicationName(u"tst_ownsetsworker"_s);
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_data.filePath(u"data"_s)));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_data.filePath(u"config"_s)));
    }

    void jobsRunOnAThreadOfTheirOwnAndAreAnsweredOnTheOwners()
    {
        OwnSetsWorker worker;
        std::atomic<bool> isElsewhere{false};
        std::atomic<bool> isNamed{false};
        bool isAnsweredHere = false;
        QString message;
        const QThread *const here = QThread::currentThread();
        connect(&worker, &OwnSetsWorker::answered, this, [&](const OwnSetsAnswer &answer) {
            isAnsweredHere = QThread::currentThread() == here;
            message = answer.message;
        });
        worker.post([&] {
            char name[16] = {};
            pthread_getname_np(pthread_self(), name, sizeof name);
            isNamed = qstrcmp(name, "own sets") == 0;
            isElsewhere = QThread::currentThread() != here;
            return saying(u"done"_s);
        });
        QTRY_COMPARE_WITH_TIMEOUT(message, u"done"_s, 10'000);
        QVERIFY(isElsewhere);
        QVERIFY(isNamed);
        QVERIFY(isAnsweredHere);
    }

    void aJobThatTakesLongHoldsUpNobody()
    {
        std::latch disk(1);
        OwnSetsWorker worker;
        QStringList messages;
        connect(&worker, &OwnSetsWorker::answered, this,
                [&](const OwnSetsAnswer &answer) { messages << answer.message; });
        worker.post([&] {
            disk.wait();
            return saying(u"slow"_s);
        });
        worker.post([] { return saying(u"after it"_s); });
        const bool cameBackWithNothing = !worker.takeAnswer(1ms).has_value();
        QCoreApplication::processEvents();
        const bool isQuiet = messages.isEmpty();
        disk.count_down();
        QVERIFY(cameBackWithNothing);
        QVERIFY(isQuiet);
        QTRY_COMPARE_WITH_TIMEOUT(messages, (QStringList{u"slow"_s, u"after it"_s}), 10'000);
    }

    void anAnswerThatIsTakenIsNotToldAgain()
    {
        OwnSetsWorker worker;
        QStringList messages;
        connect(&worker, &OwnSetsWorker::answered, this,
                [&](const OwnSetsAnswer &answer) { messages << answer.message; });
        worker.post([] { return saying(u"first"_s); });
        const auto taken = worker.takeAnswer(10s);
        QVERIFY(taken.has_value());
        QCOMPARE(taken->message, u"first"_s);
        worker.post([] { return saying(u"second"_s); });
        QTRY_COMPARE_WITH_TIMEOUT(messages, QStringList{u"second"_s}, 10'000);
        QCoreApplication::processEvents();
        QCOMPARE(messages.size(), qsizetype(1));
    }

    void whatWasPostedIsDoneBeforeItsEnd()
    {
        std::atomic<int> done{0};
        auto worker = std::make_unique<OwnSetsWorker>();
        for (int i = 0; i < 20; ++i) {
            worker->post([&done] {
                ++done;
                return OwnSetsAnswer();
            });
        }
        worker.reset();
        QCOMPARE(done.load(), 20);
        OwnSetsWorker idle; // one without any job ends, too
    }

    void theFilesAreReadIntoTheCatalogue()
    {
        QVERIFY(QDir().mkpath(ownTaskSetFolder()));
        QFile file(ownTaskSetFolder() + u"/short.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\": \"interleave.taskset/1\", \"based_on\": \"primes\", "
                   "\"title\": \"Short\", \"params\": {\"tasks\": 3}}");
        file.close();
        Catalogue catalogue = Catalogue::load().value();
        OwnSetsWorker worker;
        worker.read(catalogue);
        const auto answer = worker.takeAnswer(10s);
        QVERIFY(answer && answer->sets);
        QCOMPARE(answer->sets->size(), std::size_t(1));
        QCOMPARE(answer->sets->front().slug, u"mine/short"_s);
        QVERIFY(!answer->isError && answer->message.isEmpty() && answer->slug.isEmpty());
        QVERIFY(!catalogue.find(u"mine/short"_s)); // nobody has put it there yet
    }
};

QTEST_GUILESS_MAIN(TestOwnSetsWorker)
#include "tst_ownsetsworker.moc"
