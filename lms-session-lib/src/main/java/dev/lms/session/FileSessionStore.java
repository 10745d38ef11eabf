package dev.lms.session;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Sessions in files, for one or several processes of one machine. Thread-safe.
 *
 * <p>One file per session, named by its handle, and one per person who is signed in, in 256
 * sub-folders. Reads take no lock; writes take one per session, and those that concern a person's
 * index one per person, across processes. A commit that was acknowledged survives the death of
 * every process at any moment; what the operating system had not yet written is lost if the machine
 * itself dies. The folder must be on a local disk: network file systems keep no such locks.
 *
 * <p>Expired files are swept when the number of sessions passes the threshold, and once an hour
 * while sessions begin. A live session is never dropped.
 */
public final class FileSessionStore implements SessionStore {
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

  private final Path folder;
  private final SessionTokens tokens;
  private final SlotFolder files;
  private final FileLocks locks;
  private final FileSweep sweep;
  private final SessionFiles sessions;
  private final FileSignIns signIns;
  private final FileCensus census;

  private FileSessionStore(Path folder, KeyRing keys, int threshold, Durability durability)
      throws IOException {
    this.folder = folder;
    this.tokens = new SessionTokens(keys);
    this.files = new SlotFolder(folder, keys, durability);
    this.locks = new FileLocks(folder.resolve("lock"), LOCK_PATIENCE);
    FileIndex index = new FileIndex(files, locks, keys);
    this.sweep = new FileSweep(files, locks, index, threshold);
    this.sessions = new SessionFiles(files, locks, sweep);
    this.signIns = new FileSignIns(sessions, index);
    this.census = new FileCensus(files, sessions, index);
  }

  /** A store in this folder, which is made if it is missing, that sweeps past 1000 sessions. */
  public static FileSessionStore open(Path folder, KeyRing keys) {
    return open(folder, keys, 1000);
  }

  /**
   * A store in this folder that syncs nothing.
   *
   * @param threshold the number of sessions past which expired ones are swept
   */
  public static FileSessionStore open(Path folder, KeyRing keys, int threshold) {
    return open(folder, keys, threshold, Durability.NONE);
  }

  /**
   * A store in this folder, which is made (0700) if it is missing. Open it once per process.
   *
   * @param threshold the number of sessions past which expired ones are swept
   * @param durability how far a write has got when it is acknowledged; the same in every process
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, writable by
   *     others, or in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be made or written
   */
  public static FileSessionStore open(
      Path folder, KeyRing keys, int threshold, Durability durability) {
    PrivateFolder.open(folder);
    try {
      return new FileSessionStore(folder, keys, threshold, durability);
    } catch (IOException e) {
      throw PrivateFolder.trouble("use", folder, e);
    }
  }

  @Override
  public Optional<StoredSession> load(String token) {
    return tokens.parse(token).flatMap(this::load);
  }

  private Optional<StoredSession> load(SessionTokens.Token token) {
    try {
      Optional<SlotFile.Slot> slot = sessions.read(token.handle());
      Optional<StoredSession> session = slot.flatMap(found -> decode(token, found));
      if (slot.isPresent() && session.isEmpty()) {
        // Whole, but of another version; its deadline still ends it.
        sessions.countUnreadable(token.handle());
      }
      return session;
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private static Optional<StoredSession> decode(SessionTokens.Token token, SlotFile.Slot slot) {
    return RecordCodec.decode(slot.content())
        .map(
            content ->
                new StoredSession(
                    token.text(),
                    token.handle(),
                    content.envelope(),
                    slot.deadline(),
                    content.attributes()));
  }

  @Override
  public String create(
      Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now) {
    return create(envelope, attributes, deadline, now, SessionLimit.NONE).orElseThrow();
  }

  @Override
  public Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    SessionTokens.Token token = tokens.mint();
    SlotFolder.Content content =
        new SlotFolder.Content(deadline, RecordCodec.encode(envelope, attributes));
    try {
      sweep.ifDue(now);
      return signIns.begin(
          limit,
          FileSignIns.Place.of(token.handle(), envelope, deadline, now),
          Optional.empty(),
          now,
          () -> {
            try (FileLocks.Held held = sessions.lock(token.handle())) {
              sessions.begin(token.handle(), content);
            }
            return Optional.of(token.text());
          });
    } catch (IOException e) {
      throw failed("create", e);
    }
  }

  @Override
  public Optional<String> update(
      StoredSession session, Changes changes, Instant deadline, Instant now) {
    return tokens
        .parse(session.token())
        .flatMap(token -> update(token, session, changes, deadline, now));
  }

  private Optional<String> update(
      SessionTokens.Token token,
      StoredSession session,
      Changes changes,
      Instant deadline,
      Instant now) {
    // Only a deadline that moves is worth telling the person's index.
    Optional<FileSignIns.Place> place =
        deadline.isAfter(session.deadline())
            ? FileSignIns.Place.of(token.handle(), session.envelope(), deadline, now)
            : Optional.empty();
    try {
      return signIns.touch(place, now, () -> update(token, changes, deadline, now));
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  private Optional<String> update(
      SessionTokens.Token token, Changes changes, Instant deadline, Instant now)
      throws IOException {
    try (FileLocks.Held held = sessions.lock(token.handle())) {
      boolean written =
          files.change(
              token.handle(),
              slot ->
                  decode(token, slot)
                      .filter(current -> current.deadline().isAfter(now))
                      .map(
                          current ->
                              new SlotFolder.Content(
                                  later(deadline, current.deadline()),
                                  RecordCodec.encode(
                                      current.envelope(), changes.applyTo(current.attributes())))));
      return written ? Optional.of(token.text()) : Optional.empty();
    }
  }

  @Override
  public Optional<String> rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return rotate(session, envelope, changes, deadline, now, SessionLimit.NONE);
  }

  @Override
  public Optional<String> rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    Optional<SessionTokens.Token> parsed = tokens.parse(session.token());
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    SessionTokens.Token old = parsed.get();
    SessionTokens.Token token = tokens.mintBeside(old);
    Optional<String> before = session.envelope().principal().map(Principal::id);
    Optional<String> after = envelope.principal().map(Principal::id);
    boolean samePerson = before.equals(after);
    try {
      Optional<String> rotated =
          signIns.begin(
              limit,
              FileSignIns.Place.of(token.handle(), envelope, deadline, now),
              samePerson ? Optional.of(old.handle()) : Optional.empty(),
              now,
              () -> rotate(old, token, envelope, changes, deadline, now));
      if (rotated.isPresent() && before.isPresent() && !samePerson) {
        signIns.leave(before.get(), old.handle(), now);
      }
      return rotated;
    } catch (IOException e) {
      throw failed("rotate", e);
    }
  }

  private Optional<String> rotate(
      SessionTokens.Token old,
      SessionTokens.Token token,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now)
      throws IOException {
    // Nobody knows the new name yet, but a sweep would take a file half written for debris.
    try (FileLocks.Held held = sessions.lock(old.handle(), token.handle())) {
      Optional<StoredSession> current = files.read(old.handle()).flatMap(slot -> decode(old, slot));
      if (current.isEmpty() || !current.get().deadline().isAfter(now)) {
        return Optional.empty();
      }
      byte[] content = RecordCodec.encode(envelope, changes.applyTo(current.get().attributes()));
      sessions.begin(token.handle(), new SlotFolder.Content(deadline, content));
      sessions.end(old.handle());
      return Optional.of(token.text());
    }
  }

  @Override
  public void delete(String token, Instant now) {
    tokens
        .parse(token)
        .ifPresent(
            parsed ->
                load(parsed)
                    .ifPresentOrElse(
                        session -> delete(session, now),
                        () -> delete(parsed.handle(), Optional.empty(), now)));
  }

  @Override
  public void delete(StoredSession session, Instant now) {
    Optional<String> person = session.envelope().principal().map(Principal::id);
    tokens.parse(session.token()).ifPresent(parsed -> delete(parsed.handle(), person, now));
  }

  private void delete(String handle, Optional<String> principalId, Instant now) {
    try {
      try (FileLocks.Held held = sessions.lock(handle)) {
        sessions.end(handle);
      }
      if (principalId.isPresent()) {
        signIns.leave(principalId.get(), handle, now);
      }
    } catch (IOException e) {
      throw failed("delete", e);
    }
  }

  @Override
  public List<SessionInfo> list(String principalId, Instant now) {
    try {
      return signIns.list(principalId, now);
    } catch (IOException e) {
      throw failed("list", e);
    }
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return revoke(
            principalId, entry -> entry.handle().equals(handle) || entry.root().equals(handle), now)
        > 0;
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return revoke(principalId, entry -> except.filter(entry.handle()::equals).isEmpty(), now);
  }

  private int revoke(String principalId, Predicate<FileIndex.Entry> which, Instant now) {
    try {
      return signIns.revoke(principalId, which, now);
    } catch (IOException e) {
      throw failed("revoke", e);
    }
  }

  @Override
  public SessionStats stats(Instant now) {
    try {
      return census.stats(now);
    } catch (IOException e) {
      throw failed("count", e);
    }
  }

  @Override
  public long purge(Instant now) {
    try {
      return census.purge(now);
    } catch (IOException e) {
      throw failed("purge", e);
    }
  }

  /** How often this store has met a session that it could not read, since it was opened. */
  public long unreadable() {
    return sessions.unreadable();
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(true, true, true);
  }

  @Override
  public void close() {
    try {
      locks.close();
    } catch (IOException e) {
      throw failed("close", e);
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private SessionStoreException failed(String what, IOException e) {
    return PrivateFolder.trouble(what + " a session in", folder, e);
  }
}
