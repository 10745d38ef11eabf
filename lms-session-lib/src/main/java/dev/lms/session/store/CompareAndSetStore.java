// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.store.SessionTokens.Token;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A session store over anything that keeps text by key and replaces a text only while it is still
 * the one that was read: a concurrent map, a table with a key column, a key-value service. A
 * subclass implements four small steps; signed ids, MACs, merging, conflicts and rotation are here.
 * For authors of stores. Thread-safe if the four steps are.
 *
 * <p>Each step is atomic, is seen by every later step on any worker, and throws {@link
 * SessionStoreException} if the store cannot be asked. A step whose answer was lost is not repeated
 * but throws, because the repetition could do another's work again.
 *
 * <p>Keys are handles: 32 characters 0 to 9 and a to f. Texts are printable ASCII without spaces
 * and carry a MAC that binds them to their key, so that who can write to the store cannot forge a
 * session. A text that was changed is an absent session.
 *
 * <p>Opening takes one read, and one more for each rotation that an alias follows; an update a read
 * and a replacement, repeated while others change the same session at the same time; a rotation one
 * insertion more. A process that dies during a rotation may leave the new session behind, whose
 * token nobody was given; it ends at its deadline. There is no {@link
 * dev.lms.session.PrincipalIndex}.
 */
public abstract class CompareAndSetStore implements SessionStore {
  /** Each failure means that another commit to this session got through. */
  private static final int MOST_TRIES = 1_000;

  private static final String SESSION = "session";

  private final SessionTokens tokens;
  private final EnvelopeCodec codec;

  /**
   * Creates a store.
   *
   * @param keys the secret keys of the site
   */
  protected CompareAndSetStore(KeyRing keys) {
    tokens = new SessionTokens(keys);
    codec = new EnvelopeCodec(keys);
  }

  /**
   * {@return the text under a key, or empty}
   *
   * @param key where to look
   */
  protected abstract Optional<String> read(String key);

  /**
   * Writes a text where there is none. Text and deadline are written together.
   *
   * @param key where to write
   * @param text what to write
   * @param deadline from when on the store may forget it, and not before
   * @return whether it was written; false if there was a text
   */
  protected abstract boolean insert(String key, String text, Instant deadline);

  /**
   * Writes a text in the place of another. Text and deadline are written together.
   *
   * @param key where to write
   * @param expected the text that must be there
   * @param text what to write
   * @param deadline from when on the store may forget it, and not before
   * @return whether it was written; false if there was another text, or none
   */
  protected abstract boolean replace(String key, String expected, String text, Instant deadline);

  /**
   * Removes a text.
   *
   * @param key where it is
   * @param expected the text that must be there
   * @return whether it was removed; false if there was another text, or none
   */
  protected abstract boolean remove(String key, String expected);

  /** What a key leads to. */
  private sealed interface Entry {
    /** A session, and the text that says so. */
    record Kept(StoredSession session, String text) implements Entry {
      boolean isLive(Instant now) {
        return now.isBefore(session.deadline());
      }
    }

    /** Where a session went that got a new id. */
    record Moved(Forward forward) implements Entry {}

    /** Nothing that can be read. */
    record Nothing() implements Entry {}
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(Token::handle);
  }

  @Override
  public Opened open(String token, Instant now) {
    return tokens.parse(token).map(name -> open(name, now)).orElse(Opened.ABSENT);
  }

  private Opened open(Token first, Instant now) {
    Token name = first;
    Entry entry = entry(name);
    while (entry instanceof Entry.Moved moved) {
      if (!moved.forward().isAlias(now)) {
        return moved.forward().afterwards(name.handle());
      }
      name = name.as(moved.forward().handle());
      entry = entry(name);
    }
    boolean alias = !name.equals(first);
    return entry instanceof Entry.Kept kept && !(alias && kept.session().envelope().renewalDue())
        ? new Opened.Live(kept.session())
        : Opened.ABSENT;
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    Token token = tokens.mint();
    begin(token, text(token.handle(), envelope, attributes, options.deadline()), options);
    return Optional.of(token.text());
  }

  private void begin(Token token, String text, WriteOptions options) {
    if (!insert(token.handle(), text, options.deadline())) {
      throw SessionStoreException.ofThisCall(
          "insert says that a new key is taken: " + token.handle(), null);
    }
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    Token loaded = SessionTokens.of(session);
    return repeated(() -> tryUpdate(throughAliases(loaded, options.now()), changes, options));
  }

  /** One try of a step; empty if another commit was faster. */
  private interface Try {
    Optional<Written> run();
  }

  private static Written repeated(Try step) {
    for (int i = 0; i < MOST_TRIES; i++) {
      Optional<Written> written = step.run();
      if (written.isPresent()) {
        return written.get();
      }
    }
    throw SessionStoreException.ofThisCall(
        "other commits to this session were faster " + MOST_TRIES + " times", null);
  }

  private Optional<Written> tryUpdate(Found found, Changes changes, WriteOptions options) {
    if (!(found.entry() instanceof Entry.Kept kept) || !kept.isLive(options.now())) {
      return Optional.of(Written.GONE);
    }
    StoredSession stored = kept.session();
    if (!changes.fit(stored.attributes())) {
      return Optional.of(Written.CONFLICT);
    }
    Instant deadline =
        options.deadline().isAfter(stored.deadline()) ? options.deadline() : stored.deadline();
    String text =
        text(
            found.name().handle(),
            stored.envelope(),
            changes.applyTo(stored.attributes()),
            deadline);
    return replace(found.name().handle(), kept.text(), text, deadline)
        ? Optional.of(Written.stored(found.name().text()))
        : Optional.empty();
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    Token loaded = SessionTokens.of(session);
    boolean alias = !handle(session.token()).equals(Optional.of(session.handle()));
    return repeated(
        () -> {
          Found found = throughAliases(loaded, options.now());
          boolean rotatedMeanwhile = alias || !found.name().equals(loaded);
          return options.grace().isPresent() && rotatedMeanwhile
              ? tryUpdate(found, changes, options)
              : tryRotate(session, found, envelope, changes, options);
        });
  }

  private Optional<Written> tryRotate(
      StoredSession loaded, Found found, Envelope envelope, Changes changes, WriteOptions options) {
    if (!(found.entry() instanceof Entry.Kept kept) || !kept.isLive(options.now())) {
      return Optional.of(Written.GONE);
    }
    Token old = found.name();
    StoredSession stored = kept.session();
    if (!changes.fit(stored.attributes())) {
      return Optional.of(Written.CONFLICT);
    }
    Token token = tokens.mintBeside(old);
    String text =
        text(
            token.handle(),
            envelope.over(loaded.envelope(), stored.envelope()),
            changes.applyTo(stored.attributes()),
            options.deadline());
    // The new session exists before the old one ends.
    begin(token, text, options);
    Forward forward = new Forward(token.handle(), options.aliasUntil());
    String moved = codec.encode(old.handle(), forward);
    if (replace(old.handle(), kept.text(), moved, options.deadline())) {
      return Optional.of(Written.stored(token.text()));
    }
    remove(token.handle(), text);
    return Optional.empty();
  }

  /**
   * Where a name leads, and what was there: read once, or a rotation between two reads is missed.
   */
  private record Found(Token name, Entry entry) {}

  private Found throughAliases(Token first, Instant now) {
    Token name = first;
    Entry entry = entry(name);
    while (entry instanceof Entry.Moved moved && moved.forward().isAlias(now)) {
      name = name.as(moved.forward().handle());
      entry = entry(name);
    }
    return new Found(name, entry);
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    Optional<Token> first = loaded.map(SessionTokens::of).or(() -> tokens.parse(token));
    if (first.isEmpty()) {
      return false;
    }
    Token name = first.get();
    for (int i = 0; i < MOST_TRIES; i++) {
      Entry entry = entry(name);
      if (entry instanceof Entry.Moved moved) {
        name = name.as(moved.forward().handle());
      } else if (!(entry instanceof Entry.Kept kept)) {
        return false;
      } else if (remove(name.handle(), kept.text())) {
        return kept.isLive(now);
      }
    }
    throw SessionStoreException.ofThisCall(
        "commits to this session were faster than its end " + MOST_TRIES + " times", null);
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(
        Capability.MERGES_CONCURRENT_CHANGES,
        Capability.DETECTS_CONFLICTS,
        Capability.FOLLOWS_ROTATION);
  }

  private Entry entry(Token name) {
    Optional<String> text = read(name.handle());
    if (text.isEmpty()) {
      return new Entry.Nothing();
    }
    return codec
        .verified(name.handle(), text.get())
        .flatMap(content -> content(name, content, text.get()))
        .orElseGet(Entry.Nothing::new);
  }

  private static Optional<Entry> content(Token name, String content, String text) {
    String[] parts = content.split("\\|", -1);
    if (!parts[0].equals(SESSION)) {
      return Forward.fromText(content).map(Entry.Moved::new);
    }
    // The MAC was right, so this is what text() wrote.
    Instant deadline = Instant.ofEpochMilli(Long.parseLong(parts[1]));
    byte[] record = Base64.getUrlDecoder().decode(parts[2]);
    return RecordCodec.decode(ByteBuffer.wrap(record))
        .map(
            found ->
                new Entry.Kept(
                    new StoredSession(name.text(), name.handle(), found.envelope(), deadline)
                        .withAttributes(found.attributes()),
                    text));
  }

  private String text(
      String handle, Envelope envelope, Map<String, String> attributes, Instant deadline) {
    String record =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(RecordCodec.encode(envelope, attributes));
    return codec.signed(
        handle, String.join("|", SESSION, Long.toString(deadline.toEpochMilli()), record));
  }
}
