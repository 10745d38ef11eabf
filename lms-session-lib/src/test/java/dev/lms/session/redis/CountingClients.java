// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.store.PrincipalNames;
import dev.lms.session.store.SessionTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Clients that change sessions until they are told to stop, and know what was acknowledged and what
 * may have been done besides. An outage they note, and go on.
 */
final class CountingClients implements AutoCloseable {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final RedisKeys NAMES = new RedisKeys("session:");

  private final SessionStore store;
  private final List<Client> clients = new ArrayList<>();
  private final ExecutorService threads;
  private final List<Future<?>> runs = new ArrayList<>();
  private final AtomicLong done = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final boolean onlyCount;
  private volatile boolean stopping;

  /** Clients that count, rotate, end and begin sessions, or else only count. */
  CountingClients(SessionStore store, int size, boolean onlyCount, long seed) {
    this.store = store;
    this.onlyCount = onlyCount;
    this.threads = Executors.newFixedThreadPool(size);
    for (int i = 0; i < size; i++) {
      clients.add(new Client("person " + i, new Random(seed + i)));
    }
  }

  /** What the clients were told when something was not done, or perhaps not. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** The cluster's slots that their sessions and the indexes of their persons are in. */
  Set<Integer> slots() {
    return clients.stream()
        .flatMap(client -> client.keys().stream())
        .map(JedisClusterCRC16::getSlot)
        .collect(Collectors.toSet());
  }

  /** The slot of the session with that token. */
  static int slot(String token) {
    return JedisClusterCRC16.getSlot(key(token));
  }

  /** The slot of the index of that person. */
  static int indexSlot(String person) {
    return JedisClusterCRC16.getSlot(index(person));
  }

  private static String index(String person) {
    return NAMES.index(new PrincipalNames(KEYS).of(person).get(0));
  }

  private static String key(String token) {
    return NAMES.session(new SessionTokens(KEYS).parse(token).orElseThrow());
  }

  void start() {
    stopping = false;
    clients.forEach(client -> runs.add(threads.submit(client::run)));
  }

  /** Stops them; a client that hangs fails the test. */
  void stop() throws Exception {
    stopping = true;
    for (Future<?> run : runs) {
      run.get(60, TimeUnit.SECONDS);
    }
    runs.clear();
  }

  /** Waits until all clients together have been served that many more times than now. */
  void awaitSteps(int steps) {
    long goal = done.get() + steps;
    RedisCluster.await(
        "clients are served",
        () -> {
          for (Future<?> run : runs) {
            if (run.isDone()) {
              throw new AssertionError("a client gave up: " + outcome(run));
            }
          }
          return done.get() >= goal;
        });
  }

  private static String outcome(Future<?> run) {
    try {
      return String.valueOf(run.get());
    } catch (Exception e) {
      return String.valueOf(e.getCause());
    }
  }

  /** Waits until each session was changed once more, at whatever node it is by now. */
  void changeAll() {
    for (Client client : clients) {
      for (Counted session : client.sessions) {
        RedisCluster.await("a session can be changed again", () -> client.increment(session));
      }
    }
  }

  /** Fewer than were acknowledged cannot be there from now on: all of them are on replicas. */
  void nothingMoreCanBeLost() {
    for (Client client : clients) {
      client.sessions.forEach(session -> session.kept = session.acknowledged);
    }
  }

  /** Every session is there and counted right, all that ended stays so, and the index is whole. */
  void check(boolean mayHaveLost, String where) {
    clients.forEach(client -> client.check(mayHaveLost, where));
  }

  @Override
  public void close() {
    stopping = true;
    threads.shutdownNow();
  }

  private static final class Counted {
    private volatile String token;
    private @Nullable StoredSession doomed;
    private long acknowledged;
    private long unsure;
    private long kept;

    Counted(String token) {
      this.token = token;
    }
  }

  private final class Client {
    private static final int SESSIONS = 4;
    private final String name;
    private final Envelope envelope;
    private final Random random;
    private final List<Counted> sessions = new ArrayList<>();
    private final List<StoredSession> ended = new ArrayList<>();

    Client(String name, Random random) {
      this.name = name;
      this.random = random;
      this.envelope =
          new Envelope(
              NOW,
              Optional.of(NOW),
              NOW.plus(Duration.ofDays(7)),
              Optional.of(new Principal(name, Set.of())));
      for (int i = 0; i < SESSIONS; i++) {
        sessions.add(
            new Counted(
                store
                    .create(envelope, Map.of("n", "0"), WriteOptions.at(NOW, SOON))
                    .orElseThrow()));
      }
      StoredSession doomed =
          load(store.create(envelope, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow());
      Stores.end(store, doomed, NOW);
      ended.add(doomed);
      StoredSession revoked =
          load(store.create(envelope, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow());
      Stores.index(store).revoke(name, revoked.handle(), NOW);
      ended.add(revoked);
    }

    List<String> keys() {
      List<String> keys = new ArrayList<>();
      for (Counted session : sessions) {
        keys.add(key(session.token));
      }
      keys.add(index(name));
      return keys;
    }

    void run() {
      while (!stopping) {
        Counted session = sessions.get(random.nextInt(sessions.size()));
        int dice = onlyCount ? 9 : random.nextInt(10);
        boolean isServed;
        if (dice == 0 || session.doomed != null) {
          isServed = replace(session);
        } else if (dice < 3) {
          isServed = rotate(session);
        } else {
          isServed = increment(session);
        }
        if (isServed) {
          done.incrementAndGet();
        } else {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5)); // An outage ends no sooner.
        }
      }
    }

    private StoredSession load(String token) {
      if (store.open(token, NOW) instanceof Opened.Live live) {
        return live.session();
      }
      throw new AssertionError("a session is lost");
    }

    private boolean failed(SessionStoreException e) {
      failures.add(String.valueOf(e.getMessage()));
      return false;
    }

    boolean increment(Counted session) {
      try {
        StoredSession loaded = load(session.token);
        session.unsure++;
        Changes one = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
        // A later deadline, so that the person's index is written, too.
        if (store
            .update(loaded, one, WriteOptions.at(NOW, loaded.deadline().plusSeconds(1)))
            .token()
            .isEmpty()) {
          throw new AssertionError("a session vanished");
        }
        session.unsure--;
        session.acknowledged++;
        return true;
      } catch (SessionStoreException e) {
        return failed(e);
      }
    }

    /** With a grace, so that whoever does not learn the new name finds the session by the old. */
    private boolean rotate(Counted session) {
      try {
        StoredSession loaded = load(session.token);
        session.token =
            store
                .rotate(
                    loaded,
                    loaded.envelope(),
                    Changes.NONE,
                    WriteOptions.at(NOW, loaded.deadline()).withGrace(Duration.ofMinutes(10)))
                .token()
                .orElseThrow(() -> new AssertionError("a session vanished"));
        return true;
      } catch (SessionStoreException e) {
        return failed(e);
      }
    }

    /** Ends a session and begins another. An end that failed is tried again. */
    private boolean replace(Counted session) {
      try {
        StoredSession doomed = session.doomed == null ? load(session.token) : session.doomed;
        session.doomed = doomed;
        if (random.nextBoolean()) {
          Stores.end(store, doomed, NOW);
        } else {
          Stores.index(store).revoke(name, doomed.handle(), NOW);
        }
        ended.add(doomed);
        session.token =
            store.create(envelope, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow();
        session.acknowledged = 0;
        session.unsure = 0;
        session.doomed = null;
        return true;
      } catch (SessionStoreException e) {
        return failed(e);
      }
    }

    void check(boolean mayHaveLost, String where) {
      for (Counted session : sessions) {
        RedisCluster.await(
            "what was to end has ended", () -> session.doomed == null || replace(session));
      }
      Set<String> listed =
          Stores.index(store).list(name, NOW).stream()
              .map(SessionInfo::handle)
              .collect(Collectors.toSet());
      for (Counted session : sessions) {
        StoredSession found = load(session.token);
        long n = Long.parseLong(found.attributes().getOrDefault("n", "-1"));
        long least = mayHaveLost ? session.kept : session.acknowledged;
        long most = session.acknowledged + session.unsure;
        if (n < least || n > most) {
          throw new AssertionError(
              where + ": " + n + " increments are there, not " + least + " to " + most);
        }
        if (!listed.contains(found.handle())) {
          throw new AssertionError(where + ": a session is not listed");
        }
        session.acknowledged = n;
        session.unsure = 0;
      }
      for (StoredSession session : ended) {
        if (store.open(session.token(), NOW) instanceof Opened.Live
            || store
                .update(session, Changes.NONE, WriteOptions.at(NOW, SOON))
                .token()
                .isPresent()) {
          throw new AssertionError(where + ": a session that had ended is there");
        }
      }
    }
  }
}
