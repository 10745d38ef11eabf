// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.workers.SessionHistory.Answer;
import dev.lms.demo.workers.SessionHistory.Kind;
import dev.lms.demo.workers.SessionHistory.Lives;
import dev.lms.demo.workers.SessionHistory.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A random history of sessions: who acted, what disturbed them, and what the judge says. */
final class SessionHistoryRun {
  private static final int CLIENTS = 6;

  /** How long sessions live, in seconds. */
  record Ages(int sliding, int absolute) {
    /** A day and a week: no session gets that old here. */
    static final Ages OLD = new Ages(86400, 604800);

    /** Many end while they are used, and others because they are not. */
    static final Ages SHORT = new Ages(2, 5);

    Map<String, String> environment() {
      return Map.of(
          "PERMANENT_SESSION_LIFETIME", Integer.toString(sliding),
          "SESSION_ABSOLUTE_TIMEOUT", Integer.toString(absolute));
    }

    /** A touch gains a twentieth at least; clocks of processes agree within some milliseconds. */
    Lives lives() {
      long second = TimeUnit.SECONDS.toNanos(1);
      long touch = Math.min(60 * second, sliding * second / 20);
      return new Lives(
          sliding * second, absolute * second, touch + TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** A session as those who hold its cookie know it. */
  private record Held(String name, String person, Browser browser, String token) {
    /** Its cookies as they were handed out, whatever the last answer made of them. */
    Browser on(WorkerProcess worker) {
      return browser.on(worker.uri("/")).copy();
    }
  }

  private final Backend.Kind kind;
  private final int sessions;
  private final int operations;
  private final Ages ages;
  private final long seed;
  private final Queue<Operation> history = new ConcurrentLinkedQueue<>();
  private final List<Held> held = new CopyOnWriteArrayList<>();

  /** Whose sessions have begun, or are about to. */
  private final Map<String, Queue<String>> names = new ConcurrentHashMap<>();

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();

  SessionHistoryRun(Backend.Kind kind, int sessions, int operations, Ages ages, long seed) {
    this.kind = kind;
    this.sessions = sessions;
    this.operations = operations;
    this.ages = ages;
    this.seed = seed;
  }

  int begunAnew() {
    return begun.get() - sessions;
  }

  void judge() throws Exception {
    judge(Map.of(), () -> {});
  }

  /** With more in the environment, and what makes the network bad once sessions have begun. */
  void judge(Map<String, String> more, Runnable trouble) throws Exception {
    System.out.println(kind + ": " + Seed.sentence(seed));
    Map<String, String> environment = new HashMap<>(ages.environment());
    environment.putAll(more);
    try (Backend site = new Backend(kind, 3, environment)) {
      for (int i = 0; i < sessions; i++) {
        held.add(signIn(site.workers().get(i % 3)));
      }
      trouble.run();
      try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          Random random = new Random(seed + i);
          clients.add(threads.submit(() -> act(site, random)));
        }
        disturb(site, new Random(seed - 1));
        for (Future<?> client : clients) {
          client.get(10, TimeUnit.MINUTES);
        }
      }
      // What is there in the end must be explained as well.
      for (int i = 0; i < 3; i++) {
        held.forEach(session -> read(session, session.on(site.workers().getLast())));
      }
    }
    List<Operation> all = List.copyOf(history);
    long done = all.stream().filter(Operation::isDone).count();
    assertTrue(done > operations / 2, "only " + done + " of " + all.size() + " were done");
    assertEquals(
        List.of(), new SessionHistory(all, ages.lives()).violations(), Seed.sentence(seed));
  }

  private Held signIn(WorkerProcess worker) {
    int number = begun.getAndIncrement();
    String name = "session " + number;
    String person = "student" + (number % 6 + 1);
    names.computeIfAbsent(person, anybody -> new ConcurrentLinkedQueue<>()).add(name);
    Browser browser = new Browser(worker.uri("/"));
    if (number % 2 == 0) {
      // A visitor's session becomes a person's, under another id.
      Map<String, String> form = Map.of("key", "before", "value", name);
      need(200, browser.post("/debug/session/put", form));
    }
    String token = need(200, browser.get("/user/login")).token();
    Map<String, String> form = Map.of("username", person, "password", person, "csrf_token", token);
    long start = System.nanoTime();
    need(303, browser.post("/user/login", form));
    String ownToken = need(200, browser.get("/user/account")).token();
    Held session = new Held(name, person, browser, ownToken);
    note(session, Kind.SIGN_IN, Map.of(), start, Answer.DONE, null);
    return session;
  }

  private static Browser.Answer need(int status, Browser.Answer answer) {
    if (answer.status() != status) {
      throw new UncheckedIOException(new IOException("answered " + answer.status()));
    }
    return answer;
  }

  /** In the place of one that has ended by itself. */
  private void beginAnew(Backend site, int place, Random random) {
    try {
      held.set(place, signIn(site.workers().get(1 + random.nextInt(2))));
    } catch (UncheckedIOException e) {
      // Not now.
    }
  }

  private void act(Backend site, Random random) {
    for (int i = asked.incrementAndGet(); goesOn(i); i = asked.incrementAndGet()) {
      int place = random.nextInt(held.size());
      Held session = held.get(place);
      Browser client = session.on(site.workers().get(random.nextInt(3)));
      int dice = random.nextInt(100);
      if (dice < 40) {
        boolean gone = read(session, client);
        if (gone && beginsAnew(random) && held.get(place).equals(session)) {
          beginAnew(site, place, random);
        }
      } else if (dice < 68) {
        Map<String, String> form =
            Map.of("key", "k" + random.nextInt(3), "value", "v" + i, "delay_ms", delay(random));
        change(session, client, Kind.PUT, "/debug/session/put", form);
      } else if (dice < 80) {
        Map<String, String> form =
            Map.of(
                "key",
                "k" + random.nextInt(3),
                "value",
                "v" + i,
                "merge",
                "reject",
                "delay_ms",
                delay(random));
        change(session, client, Kind.SWAP, "/debug/session/put", form);
      } else if (dice < 98) {
        Map<String, String> form =
            Map.of("key", "n" + random.nextInt(2), "delta", "1", "delay_ms", delay(random));
        change(session, client, Kind.ADD, "/debug/session/add", form);
      } else if (dice == 98) {
        signOut(session, client);
      } else {
        signOutOthers(session, client);
      }
    }
  }

  /**
   * Until all operations are asked for; where sessions end by themselves, until some have: a fast
   * machine is through before the first of them is old enough.
   */
  private boolean goesOn(int asking) {
    boolean tooYoung = ages.equals(Ages.SHORT) && begunAnew() == 0;
    return asking <= operations || (tooYoung && asking <= 50 * operations);
  }

  /** Where sessions do not end by themselves, those that were signed out are few. */
  private boolean beginsAnew(Random random) {
    return ages.equals(Ages.SHORT) || random.nextInt(4) == 0;
  }

  private static String delay(Random random) {
    return Integer.toString(random.nextInt(4) * 10);
  }

  /** Whether it saw that nobody was signed in. */
  private boolean read(Held session, Browser client) {
    long start = System.nanoTime();
    try {
      Browser.Answer answer = client.get("/debug/session");
      if (answer.status() == 200) {
        JsonObject shown = JsonParser.parseString(answer.body()).getAsJsonObject();
        Map<String, String> seen = new HashMap<>();
        shown
            .getAsJsonObject("session_data")
            .entrySet()
            .forEach(entry -> seen.put(entry.getKey(), entry.getValue().getAsString()));
        boolean alive = shown.get("authenticated").getAsBoolean();
        note(session, Kind.READ, Map.of(), start, Answer.DONE, alive ? seen : null);
        return !alive;
      }
    } catch (UncheckedIOException e) {
      // Nothing was seen, but it may have been a use.
      note(session, Kind.READ, Map.of(), start, Answer.UNKNOWN, null);
    }
    return false;
  }

  private void change(
      Held session, Browser client, Kind what, String path, Map<String, String> form) {
    Map<String, String> cookies = Map.copyOf(client.cookies());
    long start = System.nanoTime();
    Answer result = Answer.UNKNOWN;
    @Nullable Map<String, String> seen = null;
    try {
      Browser.Answer answer = client.post(path, form);
      if (answer.status() == 200) {
        JsonObject told = JsonParser.parseString(answer.body()).getAsJsonObject();
        result = result(told, client.cookies().equals(cookies));
        if (what == Kind.SWAP && result != Answer.GONE) {
          JsonElement found = told.get("seen");
          seen =
              found == null ? Map.of() : Map.of(form.getOrDefault("key", ""), found.getAsString());
        }
      }
    } catch (UncheckedIOException e) {
      // It may have been done, or not.
    }
    note(session, what, form, start, result, seen);
  }

  /** With another cookie it was stored in a session that began just now. */
  private static Answer result(JsonObject told, boolean sameCookie) {
    return switch (told.get("result").getAsString()) {
      case "stored" -> sameCookie ? Answer.DONE : Answer.GONE;
      case "conflict" -> Answer.CONFLICT;
      default -> Answer.GONE;
    };
  }

  /** For every other session of that person it is a sign-out. */
  private void signOutOthers(Held session, Browser client) {
    long start = System.nanoTime();
    List<String> before =
        history.stream()
            .filter(operation -> operation.is(Kind.SIGN_IN))
            .map(Operation::session)
            .toList();
    Answer result = Answer.UNKNOWN;
    try {
      Map<String, String> form = Map.of("csrf_token", session.token());
      Browser.Answer answer = client.post("/user/account/sign-out-others", form);
      boolean done = answer.status() == 303 && answer.location().equals("/user/account");
      result = done ? Answer.DONE : Answer.UNKNOWN;
    } catch (UncheckedIOException e) {
      // It may have been done, or not.
    }
    note(session, Kind.READ, Map.of(), start, Answer.UNKNOWN, null); // It may have been a use.
    for (String name : names.getOrDefault(session.person(), new ConcurrentLinkedQueue<>())) {
      if (!name.equals(session.name())) {
        // Of those that sign in meanwhile nobody knows whether it is before.
        Answer known = before.contains(name) ? result : Answer.UNKNOWN;
        note(name, Kind.SIGN_OUT, Map.of(), start, known, null);
      }
    }
  }

  private void signOut(Held session, Browser client) {
    long start = System.nanoTime();
    Answer result = Answer.UNKNOWN;
    try {
      Map<String, String> form = Map.of("csrf_token", session.token());
      result = client.post("/user/logout", form).status() == 303 ? Answer.DONE : Answer.UNKNOWN;
    } catch (UncheckedIOException e) {
      // As above.
    }
    note(session, Kind.SIGN_OUT, Map.of(), start, result, null);
  }

  private void note(
      Held session,
      Kind what,
      Map<String, String> form,
      long start,
      Answer answer,
      @Nullable Map<String, String> seen) {
    note(session.name(), what, form, start, answer, seen);
  }

  private void note(
      String session,
      Kind what,
      Map<String, String> form,
      long start,
      Answer answer,
      @Nullable Map<String, String> seen) {
    history.add(
        new Operation(
            session,
            what,
            form.getOrDefault("key", ""),
            form.getOrDefault("value", ""),
            start,
            System.nanoTime(),
            answer,
            seen));
  }

  /**
   * Stops and continues workers and the server of the sessions while the clients act, and kills a
   * worker half-way.
   */
  private void disturb(Backend site, Random random) {
    int next = operations / 10;
    boolean killed = false;
    while (asked.get() < operations) {
      int due = Math.min(next, operations);
      WorkerProcess.eventually(() -> asked.get() >= due, "the clients go on");
      next += operations / 10;
      if (!killed && asked.get() > operations / 2) {
        site.one().kill();
        killed = true;
      } else if (random.nextBoolean() || !site.holdServer(shortTime(random))) {
        WorkerProcess.hold(site.workers().get(1 + random.nextInt(2)).handle(), shortTime(random));
      }
    }
  }

  private static Duration shortTime(Random random) {
    return Duration.ofMillis(50 + random.nextInt(250));
  }
}
