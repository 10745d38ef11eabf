// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.EnvelopeCodec;
import dev.lms.session.store.Forward;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;

/** Moves sessions out of Redis, and into it. Thread-safe. */
final class RedisTransfer implements Transfer {
  private static final Script TAKE = Script.named("take.lua");
  private static final Script LEFT = Script.named("left.lua");
  private static final Script ARRIVE = Script.named("arrive.lua");
  private static final int BATCH = 500;

  /** A migration that nobody ends is forgotten after so long. */
  private static final Duration NOTES_LIVE = Duration.ofDays(90);

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final RedisIndex index;
  private final EnvelopeCodec envelopes;
  private final Holders holders;
  private final Runnable leaveMarks;

  RedisTransfer(
      RedisCalls calls,
      RedisKeys keys,
      RedisIndex index,
      EnvelopeCodec envelopes,
      Holders holders,
      Runnable leaveMarks) {
    this.holders = holders;
    this.leaveMarks = leaveMarks;
    this.calls = calls;
    this.keys = keys;
    this.index = index;
    this.envelopes = envelopes;
  }

  private static String field(Place place) {
    String group =
        place
            .group()
            .orElseThrow(() -> new IllegalArgumentException("Redis needs the group of a session"));
    return '{' + group + '}' + place.handle();
  }

  private static Place place(String field) {
    return new Place(Optional.of(field.substring(1, field.indexOf('}'))), RedisKeys.handle(field));
  }

  private String key(Place place) {
    return keys.session(field(place));
  }

  private RedisValue read(Place place) {
    return (RedisValue) calls.repeatable(List.of(Step.read(key(place)))).get(0);
  }

  @Override
  public Optional<Parcel> takeOut(Place place, Instant now) {
    RedisValue there = read(place);
    if (there instanceof RedisValue.Moved moved) {
      return envelopes
          .decodeForward(place.handle(), moved.forward())
          .map(forward -> new Parcel(place, deadline(place, now), new Rotated(forward)));
    }
    if (parcel(place, there, now).isEmpty()) {
      return Optional.empty(); // What nobody here can read stays as it is.
    }
    List<Step> steps =
        List.of(
            TAKE.step(List.of(key(place)), List.of(RedisKeys.millis(now))), Step.read(key(place)));
    Holders.Waiting waiting = holders.waiting();
    RedisValue taken = (RedisValue) waiting.repeatable(steps, List.of(field(place))).get(1);
    // From here on nobody reads a copy of what may change elsewhere.
    waiting.await();
    return taken instanceof RedisValue.Taken ? parcel(place, taken, now) : Optional.empty();
  }

  /** Of a forward Redis knows no other than its own. */
  private Instant deadline(Place place, Instant now) {
    CommandObject<Long> left =
        new CommandObject<>(
            new CommandArguments(Protocol.Command.PTTL).key(key(place)), BuilderFactory.LONG);
    long millis = (Long) calls.repeatable(List.of(Step.of(left))).get(0);
    return now.plusMillis(Math.max(0, millis)).minus(RedisKeys.COLLECT_AFTER);
  }

  private Optional<Parcel> parcel(Place place, RedisValue value, Instant now) {
    RedisValue session = value instanceof RedisValue.Taken taken ? taken.session() : value;
    if (!(session instanceof RedisValue.Found found) || !found.deadline().isAfter(now)) {
      return Optional.empty();
    }
    Optional<Envelope> envelope = envelopes.decode(place.handle(), found.envelope());
    return envelope.map(
        who -> new Parcel(place, found.deadline(), whole(place, who, found.attributes(), now)));
  }

  private Whole whole(Place place, Envelope envelope, Map<String, String> attributes, Instant now) {
    Optional<IndexEntry> entry =
        person(envelope).stream()
            .flatMap(id -> index.entries(index.all(id)).stream())
            .filter(known -> known.handle().equals(place.handle()))
            .findFirst();
    return new Whole(
        envelope,
        attributes,
        entry.map(IndexEntry::seen).orElse(now),
        entry.map(IndexEntry::root).orElse(place.handle()));
  }

  private static Optional<String> person(Envelope envelope) {
    return envelope.principal().map(Principal::id);
  }

  @Override
  public void handedOver(Parcel parcel) {
    calls.repeatable(List.of(LEFT.step(List.of(key(parcel.place())), List.of())));
    if (parcel.content() instanceof Whole whole) {
      person(whole.envelope())
          .map(id -> index.leave(id, List.of(field(parcel.place()))))
          .ifPresent(index::tidy);
    }
  }

  @Override
  public boolean arrive(Parcel parcel, Instant now) {
    String handle = parcel.place().handle();
    List<Step> steps = new ArrayList<>();
    byte[] text;
    if (parcel.content() instanceof Whole whole) {
      text =
          SessionText.of(
              parcel.deadline(), envelopes.encode(handle, whole.envelope()), whole.attributes());
      person(whole.envelope()).ifPresent(id -> steps.add(index.arriveOf(id, entry(parcel), now)));
    } else {
      Forward forward = ((Rotated) parcel.content()).forward();
      text = SessionText.ofForward(envelopes.encode(handle, forward));
    }
    steps.add(
        ARRIVE.step(
            List.of(key(parcel.place())),
            List.of(text, RedisKeys.timeToLive(parcel.deadline(), now))));
    List<Object> answers = calls.repeatable(steps);
    return Script.isOne(answers.get(answers.size() - 1));
  }

  private static IndexEntry entry(Parcel parcel) {
    Whole whole = (Whole) parcel.content();
    Envelope envelope = whole.envelope();
    return new IndexEntry(
        field(parcel.place()),
        parcel.deadline(),
        whole.seen(),
        envelope.authenticated().orElse(envelope.created()),
        whole.root());
  }

  @Override
  public boolean holds(Place place) {
    CommandObject<Long> exists =
        new CommandObject<>(
            new CommandArguments(Protocol.Command.EXISTS).key(key(place)), BuilderFactory.LONG);
    List<Object> answers = calls.repeatable(List.of(Step.of(exists), Step.read(key(place))));
    RedisValue value = (RedisValue) answers.get(1);
    boolean mark = value.isAbsent() && Script.isOne(answers.get(0));
    return mark
        || value instanceof RedisValue.Found
        || value instanceof RedisValue.Moved
        || value instanceof RedisValue.Taken;
  }

  @Override
  public Collection<Place> placesOf(String principalId) {
    return index.entries(index.all(principalId)).stream()
        .map(entry -> place(entry.field()))
        .toList();
  }

  @Override
  public void forEachPlace(Instant now, BiConsumer<Place, Kind> visitor) {
    KeyScan scan = new KeyScan(calls, keys.pattern(), BATCH);
    while (scan.hasNext()) {
      List<String> fields =
          scan.next().stream().flatMap(key -> keys.field(key).stream()).distinct().toList();
      List<Object> values =
          calls.repeatable(fields.stream().map(field -> Step.read(keys.session(field))).toList());
      for (int i = 0; i < fields.size(); i++) {
        Place place = place(fields.get(i));
        kind(place, (RedisValue) values.get(i), now).ifPresent(kind -> visitor.accept(place, kind));
      }
    }
  }

  private Optional<Kind> kind(Place place, RedisValue value, Instant now) {
    RedisValue session = value instanceof RedisValue.Taken taken ? taken.session() : value;
    if (value instanceof RedisValue.Moved) {
      return Optional.of(Kind.FORWARD);
    }
    if (session.isAbsent() || session == RedisValue.None.LEFT) {
      return Optional.empty();
    }
    if (session instanceof RedisValue.Found found
        && envelopes.decode(place.handle(), found.envelope()).isPresent()) {
      Kind kind = value instanceof RedisValue.Taken ? Kind.TAKEN : Kind.SESSION;
      return Optional.of(kind).filter(any -> found.deadline().isAfter(now));
    }
    return Optional.of(Kind.UNREADABLE);
  }

  @Override
  public void expectArrivals() {
    leaveMarks.run();
  }

  @Override
  public boolean needsGroups() {
    return true;
  }

  private String noteKey() {
    return keys.prefix() + "migration";
  }

  @Override
  public Map<String, String> notes() {
    return calls.repeatable(List.of(Step.readAll(noteKey()))).get(0) instanceof Map<?, ?> notes
        ? texts(notes)
        : Map.of();
  }

  private static Map<String, String> texts(Map<?, ?> notes) {
    Map<String, String> texts = new TreeMap<>();
    notes.forEach((name, text) -> texts.put(name.toString(), text.toString()));
    return texts;
  }

  @Override
  public void note(String name, String text) {
    if (text.isEmpty()) {
      calls.repeatable(List.of(Step.deleteFields(noteKey(), List.of(name))));
      return;
    }
    CommandArguments set =
        new CommandArguments(Protocol.Command.HSET).key(noteKey()).add(name).add(text);
    CommandArguments end =
        new CommandArguments(Protocol.Command.PEXPIRE).key(noteKey()).add(NOTES_LIVE.toMillis());
    calls.repeatable(
        List.of(
            Step.of(new CommandObject<>(set, BuilderFactory.LONG)),
            Step.of(new CommandObject<>(end, BuilderFactory.LONG))));
  }
}
