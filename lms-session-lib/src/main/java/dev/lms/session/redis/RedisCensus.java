package dev.lms.session.redis;

import dev.lms.session.Envelope;
import dev.lms.session.EnvelopeCodec;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.ScanIteration;

/**
 * What is to be told about many sessions at once. Goes through Redis with a cursor ({@code SCAN}),
 * in a cluster through every node, and stops it for no longer than a batch takes.
 */
final class RedisCensus {
  private static final int BATCH = 500;
  private static final int MOST_PASSES = 10;

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final RedisIndex index;
  private final EnvelopeCodec envelopes;

  RedisCensus(RedisCalls calls, RedisKeys keys, RedisIndex index, EnvelopeCodec envelopes) {
    this.calls = calls;
    this.keys = keys;
    this.index = index;
    this.envelopes = envelopes;
  }

  /** A session without its attributes. */
  private record Found(String field, Instant deadline, Envelope envelope) {}

  List<SessionInfo> list(String principalId, Instant now) {
    List<SessionInfo> sessions = new ArrayList<>();
    List<IndexEntry> entries = List.copyOf(index.entries(index.all(principalId)));
    List<Optional<Found>> found = read(entries.stream().map(IndexEntry::field).toList());
    for (int i = 0; i < entries.size(); i++) {
      IndexEntry entry = entries.get(i);
      found
          .get(i)
          .filter(session -> session.deadline().isAfter(now))
          .filter(
              session ->
                  session
                      .envelope()
                      .principal()
                      .filter(p -> p.id().equals(principalId))
                      .isPresent())
          .map(session -> describe(entry, session))
          .ifPresent(sessions::add);
    }
    sessions.sort(Comparator.comparing(SessionInfo::signedIn).reversed());
    return sessions;
  }

  private static SessionInfo describe(IndexEntry entry, Found session) {
    return new SessionInfo(
        entry.handle(),
        session.envelope().device(),
        session.envelope().created(),
        entry.signedIn(),
        entry.seen(),
        session.deadline());
  }

  SessionStats stats(Instant now) {
    long signedIn = 0;
    long anonymous = 0;
    ScanIteration scan = calls.redis().scanIteration(BATCH, keys.pattern());
    while (!scan.isIterationCompleted()) {
      for (Optional<Found> session : read(sessions(calls.repeatable(scan::nextBatchList)))) {
        if (session.filter(s -> s.deadline().isAfter(now)).isPresent()) {
          if (session.get().envelope().principal().isPresent()) {
            signedIn++;
          } else {
            anonymous++;
          }
        }
      }
    }
    return new SessionStats(signedIn, anonymous);
  }

  /**
   * One pass could miss a session that is rotated behind the cursor; so there is another until one
   * finds nothing that began before this did. Indexes are emptied like any person's, so that a
   * sign-in under way is ended too.
   */
  long purge(Instant now) {
    long ended = 0;
    boolean again = true;
    for (int pass = 0; again && pass < MOST_PASSES; pass++) {
      again = false;
      ScanIteration scan = calls.redis().scanIteration(BATCH, keys.pattern());
      while (!scan.isIterationCompleted()) {
        Collection<String> batch = calls.repeatable(scan::nextBatchList);
        for (String key : batch) {
          if (keys.isIndex(key)) {
            ended += index.revokeAll(List.of(key), Optional.empty(), now);
          }
        }
        List<String> fields = sessions(batch);
        for (Optional<Found> session : read(fields)) {
          boolean live = session.filter(s -> s.deadline().isAfter(now)).isPresent();
          ended += live ? 1 : 0;
          again |= session.filter(s -> !s.envelope().created().isAfter(now)).isPresent();
        }
        calls.repeatable(fields.stream().map(field -> Step.delete(keys.session(field))).toList());
      }
    }
    return ended;
  }

  private List<String> sessions(Collection<String> batch) {
    return batch.stream().flatMap(key -> keys.field(key).stream()).distinct().toList();
  }

  private List<Optional<Found>> read(List<String> fields) {
    List<Step> steps = fields.stream().map(field -> Step.read(keys.session(field))).toList();
    List<Object> answers = calls.repeatable(steps);
    List<Optional<Found>> found = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      found.add(decode(fields.get(i), answers.get(i)));
    }
    return found;
  }

  private Optional<Found> decode(String field, Object value) {
    return value instanceof RedisValue.Found found
        ? envelopes
            .decode(RedisKeys.handle(field), found.envelope())
            .map(envelope -> new Found(field, found.deadline(), envelope))
        : Optional.empty();
  }
}
