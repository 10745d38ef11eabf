// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.Handler;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Merge;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** What an experiment has a worker do: with our sessions, with naive ones, and with the worker. */
final class WorkerEnd {
  static final String ROOT = "/lab/worker/";

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final LabKey key;
  private final Gates gates;
  private final NaiveSessions naive;
  private final SlowPage slowPage;
  private final RotatedIds rotatedIds;
  private final AtomicBoolean unplugged;
  private final Uploads uploads;

  /**
   * The worker's end of the lab.
   *
   * @param unplugged whether this process finds its session store unreachable
   */
  WorkerEnd(
      LabKey key,
      Gates gates,
      NaiveSessions naive,
      SlowPage slowPage,
      RotatedIds rotatedIds,
      AtomicBoolean unplugged) {
    this.key = key;
    this.gates = gates;
    this.naive = naive;
    this.slowPage = slowPage;
    this.rotatedIds = rotatedIds;
    this.unplugged = unplugged;
    this.uploads = new Uploads(gates);
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get(ROOT + "pid", forWorkers(this::pid)),
        PageRoute.post(ROOT + "gate/await", forWorkers(this::awaitArrivals)),
        PageRoute.post(ROOT + "gate/open", forWorkers(this::open)),
        PageRoute.post(ROOT + "gate/open-at", forWorkers(this::openAt)),
        PageRoute.post(ROOT + "plug", forWorkers(this::plug)),
        PageRoute.post(ROOT + "aside", forWorkers(uploads::stepAside)),
        PageRoute.post(ROOT + "upload", forWorkers(uploads::hold)),
        PageRoute.post(ROOT + "page/prepare", forWorkers(this::prepare)),
        PageRoute.post(ROOT + "page/edit", forWorkers(this::edit)),
        PageRoute.post(ROOT + "page/renders", forWorkers(this::renders)),
        PageRoute.post(ROOT + "ours/put", forWorkers(this::put)),
        PageRoute.post(ROOT + "ours/add", forWorkers(this::add)),
        PageRoute.post(ROOT + "ours/reject", forWorkers(this::reject)),
        PageRoute.post(ROOT + "ours/read", forWorkers(this::read)),
        PageRoute.post(ROOT + "ours/rotate", forWorkers(rotatedIds::rotate)),
        PageRoute.post(ROOT + "ours/use", forWorkers(rotatedIds::use)),
        PageRoute.post(ROOT + "naive/rotate", forWorkers(this::naiveRotate)),
        PageRoute.post(ROOT + "naive/put", forWorkers(this::naivePut)),
        PageRoute.post(ROOT + "naive/add", forWorkers(this::naiveAdd)),
        PageRoute.post(ROOT + "naive/read", forWorkers(this::naiveRead)),
        PageRoute.post(ROOT + "naive/end", forWorkers(this::naiveEnd)));
  }

  private Handler forWorkers(Handler handler) {
    return request -> {
      key.require(request);
      handler.handle(request);
    };
  }

  private void pid(Request request) throws IOException {
    request.text(200, uploads.aside() ? "aside" : Long.toString(ProcessHandle.current().pid()));
  }

  private void awaitArrivals(Request request) throws IOException {
    gates.awaitArrivals(field(request, "gate"), Integer.parseInt(field(request, "count")));
    request.text(200, "arrived");
  }

  private void open(Request request) throws IOException {
    gates.open(field(request, "gate"));
    request.text(200, "open");
  }

  private void openAt(Request request) throws IOException {
    gates.openAt(field(request, "gate"), Integer.parseInt(field(request, "count")));
    request.text(200, "done");
  }

  private void plug(Request request) throws IOException {
    unplugged.set(field(request, "state").equals("out"));
    request.text(200, "done");
  }

  private void prepare(Request request) throws IOException {
    slowPage.prepare(field(request, "run"));
    request.text(200, "done");
  }

  /** Again until everybody has heard of it: a Redis that stands still fails no experiment. */
  private void edit(Request request) throws IOException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (!isPurged(request, System.nanoTime() - giveUp >= 0)) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    request.text(200, "purged");
  }

  private boolean isPurged(Request request, boolean atLast) throws IOException {
    try {
      slowPage.edit(field(request, "run"), field(request, "version"));
      return true;
    } catch (PageStoreException e) {
      if (atLast) {
        throw e;
      }
      return false;
    }
  }

  private void renders(Request request) throws IOException {
    request.text(200, slowPage.renders(field(request, "run"), field(request, "side")));
  }

  /** Reads the session, waits at the gate, and changes it: as any slow request does. */
  private Session readThenWait(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    session.attributes();
    gates.pass(field(request, "gate"));
    return session;
  }

  private void put(Request request) throws IOException {
    Session session = readThenWait(request);
    session.set(field(request, "key"), field(request, "value"));
    answer(request, session.commit());
  }

  private void add(Request request) throws IOException {
    Session session = readThenWait(request);
    session.add(field(request, "key"), 1);
    answer(request, session.commit());
  }

  private void reject(Request request) throws IOException {
    Session session = readThenWait(request);
    SessionKey<String> once = SessionKey.text(field(request, "key")).merging(Merge.REJECT);
    session.set(once, field(request, "value"));
    answer(request, session.commit());
  }

  private static void answer(Request request, CommitOutcome outcome) throws IOException {
    request.text(200, outcome.name().toLowerCase(Locale.ROOT));
  }

  private void read(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    request.text(200, session.get(field(request, "key")).orElse(""));
  }

  private Map<String, String> naiveReadThenWait(Request request) throws IOException {
    Map<String, String> session = naive.read(field(request, "id")).orElseGet(HashMap::new);
    gates.pass(field(request, "gate"));
    return session;
  }

  private void naivePut(Request request) throws IOException {
    Map<String, String> session = naiveReadThenWait(request);
    session.put(field(request, "key"), field(request, "value"));
    naive.write(field(request, "id"), session);
    request.text(200, "stored");
  }

  private void naiveAdd(Request request) throws IOException {
    Map<String, String> session = naiveReadThenWait(request);
    long count = Long.parseLong(session.getOrDefault(field(request, "key"), "0"));
    session.put(field(request, "key"), Long.toString(count + 1));
    naive.write(field(request, "id"), session);
    request.text(200, "stored");
  }

  private void naiveRead(Request request) throws IOException {
    Map<String, String> session = naive.read(field(request, "id")).orElse(Map.of());
    request.text(200, session.getOrDefault(field(request, "key"), ""));
  }

  /** The new id knows what the old one did, which nobody forgets. */
  private void naiveRotate(Request request) throws IOException {
    naive.write(field(request, "new"), naive.read(field(request, "id")).orElse(Map.of()));
    request.text(200, "rotated");
  }

  private void naiveEnd(Request request) throws IOException {
    naive.delete(field(request, "id"));
    request.text(200, "ended");
  }

  private static String field(Request request, String name) throws IOException {
    Parameters form = request.form();
    return form.get(name).orElse("");
  }
}
