package dev.lms.session.file;

import dev.lms.session.Capabilities;
import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStats;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.Written;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

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
 * while sessions begin, off the caller's path: on a daemon thread that ends with {@link #close}, or
 * on a given executor. A live session is never dropped.
 *
 * <p>Files may be taken away from a running store. A removed lock file is made anew, and so is the
 * folder, empty; where the folder's disk seems to be missing, every call is an outage until it is
 * back.
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

  private FileSessionStore(
      KeptFolder kept,
      KeyRing keys,
      int threshold,
      Durability durability,
      Housekeeping housekeeping)
      throws IOException {
    this.folder = kept.path();
    this.tokens = new SessionTokens(keys);
    this.files = new SlotFolder(folder, keys, durability);
    this.locks = new FileLocks(kept, LOCK_PATIENCE);
    FileIndex index = new FileIndex(files, locks, keys);
    this.sweep = new FileSweep(files, locks, index, threshold, housekeeping);
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
   * A store in this folder, which is made if it is missing, and 0700 from then on. Open it once per
   * process.
   *
   * @param threshold the number of sessions past which expired ones are swept
   * @param durability how far a write has got when it is acknowledged; the same in every process
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, writable by
   *     others, or in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be made or written
   */
  public static FileSessionStore open(
      Path folder, KeyRing keys, int threshold, Durability durability) {
    return open(
        folder, keys, threshold, durability, Housekeeping.onOwnThread("lms-sessions-sweep"));
  }

  /**
   * The same, swept on an executor of the caller's.
   *
   * @param threshold the number of sessions past which expired ones are swept
   * @param durability how far a write has got when it is acknowledged; the same in every process
   * @param sweeps runs what no request shall wait for, in tasks of one sub-folder each; stays open
   *     when the store is closed
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, writable by
   *     others, or in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be made or written
   */
  public static FileSessionStore open(
      Path folder, KeyRing keys, int threshold, Durability durability, Executor sweeps) {
    return open(folder, keys, threshold, durability, Housekeeping.on(sweeps));
  }

  private static FileSessionStore open(
      Path folder, KeyRing keys, int threshold, Durability durability, Housekeeping housekeeping) {
    KeptFolder kept = KeptFolder.open(folder);
    try {
      return new FileSessionStore(kept, keys, threshold, durability, housekeeping);
    } catch (IOException e) {
      throw PrivateFolder.trouble("use", folder, e);
    }
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(SessionTokens.Token::handle);
  }

  @Override
  public Optional<StoredSession> load(String token) {
    return tokens.parse(token).flatMap(name -> read(name).flatMap(slot -> session(name, slot)));
  }

  @Override
  public Opened open(String token, Instant now) {
    Optional<SessionTokens.Token> name = tokens.parse(token);
    Optional<SlotFile.Slot> slot = name.flatMap(this::read);
    while (name.isPresent() && slot.isPresent()) {
      Optional<Forward> forward = SessionFiles.forward(slot.get());
      if (forward.isEmpty()) {
        Optional<StoredSession> session = session(name.get(), slot.get());
        return session.isPresent() ? new Opened.Live(session.get()) : Opened.ABSENT;
      }
      if (!forward.get().isAlias(now)) {
        return forward.get().afterwards(name.get().handle());
      }
      name = Optional.of(name.get().as(forward.get().handle()));
      slot = name.flatMap(this::read);
    }
    return Opened.ABSENT;
  }

  /** The session in a slot; what is whole and neither that nor a forward is counted. */
  private Optional<StoredSession> session(SessionTokens.Token name, SlotFile.Slot slot) {
    Optional<StoredSession> session = decode(name, slot);
    if (session.isEmpty() && SessionFiles.forward(slot).isEmpty()) {
      // Of another version; its deadline still ends it.
      sessions.countUnreadable(name.handle());
    }
    return session;
  }

  private Optional<SlotFile.Slot> read(SessionTokens.Token name) {
    try {
      return sessions.read(name.handle());
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
      return signIns
          .begin(
              limit,
              FileSignIns.Place.of(token.handle(), envelope, deadline, now),
              Optional.empty(),
              now,
              () -> {
                try (FileLocks.Held held = sessions.lock(token.handle())) {
                  sessions.begin(token.handle(), content);
                }
                return Attempt.of(Written.stored(token.text()));
              })
          .written()
          .token();
    } catch (IOException e) {
      throw failed("create", e);
    }
  }

  @Override
  public Written update(StoredSession session, Changes changes, Instant deadline, Instant now) {
    return update(SessionTokens.of(session), session, changes, deadline, now);
  }

  private Written update(
      SessionTokens.Token name,
      StoredSession session,
      Changes changes,
      Instant deadline,
      Instant now) {
    // Only a deadline that moves is worth telling the person's index.
    Optional<FileSignIns.Place> place =
        deadline.isAfter(session.deadline())
            ? FileSignIns.Place.of(name.handle(), session.envelope(), deadline, now)
            : Optional.empty();
    try {
      Attempt attempt = signIns.touch(place, now, () -> commit(name, changes, deadline, now));
      return attempt.next().isEmpty()
          ? attempt.written()
          : update(name.as(attempt.next().get()), session, changes, deadline, now);
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  private Attempt commit(SessionTokens.Token name, Changes changes, Instant deadline, Instant now)
      throws IOException {
    try (FileLocks.Held held = sessions.lock(name.handle())) {
      Commit commit = new Commit(name, changes, deadline, now);
      files.change(name.handle(), commit);
      return commit.attempt;
    }
  }

  /** What a commit makes of a session's file, or why it makes nothing of it. */
  private static final class Commit
      implements Function<SlotFile.Slot, Optional<SlotFolder.Content>> {
    private final SessionTokens.Token name;
    private final Changes changes;
    private final Instant deadline;
    private final Instant now;
    private Attempt attempt = Attempt.GONE;

    Commit(SessionTokens.Token name, Changes changes, Instant deadline, Instant now) {
      this.name = name;
      this.changes = changes;
      this.deadline = deadline;
      this.now = now;
    }

    @Override
    public Optional<SlotFolder.Content> apply(SlotFile.Slot slot) {
      Found found = Found.in(slot, name, changes, now);
      attempt = found.attempt();
      return found
          .session()
          .map(
              current ->
                  new SlotFolder.Content(
                      later(deadline, current.deadline()), content(slot, current)));
    }

    private byte[] content(SlotFile.Slot slot, StoredSession current) {
      return changes.isEmpty()
          ? slot.bytes()
          : RecordCodec.encode(current.envelope(), changes.applyTo(current.attributes()));
    }
  }

  /**
   * What a write finds in a session's file.
   *
   * @param attempt what becomes of it
   * @param session empty if nothing may be written
   */
  private record Found(Attempt attempt, Optional<StoredSession> session) {
    static Found in(SlotFile.Slot slot, SessionTokens.Token name, Changes changes, Instant now) {
      Optional<Forward> forward = SessionFiles.forward(slot).filter(next -> next.isAlias(now));
      if (forward.isPresent()) {
        return new Found(Attempt.rotated(forward.get().handle()), Optional.empty());
      }
      Optional<StoredSession> current =
          decode(name, slot).filter(session -> session.deadline().isAfter(now));
      if (current.isEmpty()) {
        return new Found(Attempt.GONE, Optional.empty());
      }
      return changes.fit(current.get().attributes())
          ? new Found(Attempt.of(Written.stored(name.text())), current)
          : new Found(Attempt.of(Written.CONFLICT), Optional.empty());
    }
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return rotate(session, envelope, changes, deadline, now, SessionLimit.NONE);
  }

  @Override
  public Written rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    SessionTokens.Token old = SessionTokens.of(session);
    while (true) {
      Attempt attempt =
          rotate(old, session, envelope, Optional.empty(), changes, deadline, now, limit);
      if (attempt.next().isEmpty()) {
        return attempt.written();
      }
      old = old.as(attempt.next().get());
    }
  }

  @Override
  public Written rotate(
      StoredSession session, Changes changes, Instant deadline, Instant now, Duration grace) {
    Optional<SessionTokens.Token> old = tokens.parse(session.token());
    if (old.isEmpty()) {
      return Written.GONE;
    }
    if (!old.get().handle().equals(session.handle())) {
      // Loaded through an alias: another request has just rotated it.
      return update(session, changes, deadline, now);
    }
    Attempt attempt =
        rotate(
            old.get(),
            session,
            session.envelope(),
            Optional.of(now.plus(grace)),
            changes,
            deadline,
            now,
            SessionLimit.NONE);
    return attempt.next().isEmpty()
        ? attempt.written()
        : update(old.get().as(attempt.next().get()), session, changes, deadline, now);
  }

  private Attempt rotate(
      SessionTokens.Token old,
      StoredSession session,
      Envelope envelope,
      Optional<Instant> aliasUntil,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    SessionTokens.Token token = tokens.mintBeside(old);
    Forward forward = new Forward(token.handle(), aliasUntil);
    Optional<String> before = session.envelope().principal().map(Principal::id);
    Optional<String> after = envelope.principal().map(Principal::id);
    boolean samePerson = before.equals(after);
    try {
      Attempt attempt =
          signIns.begin(
              limit,
              FileSignIns.Place.of(token.handle(), envelope, deadline, now),
              samePerson ? Optional.of(old.handle()) : Optional.empty(),
              now,
              () -> move(old, token, envelope, forward, changes, deadline, now));
      if (attempt.written().isStored() && before.isPresent() && !samePerson) {
        signIns.leave(before.get(), old.handle(), now);
      }
      return attempt;
    } catch (IOException e) {
      throw failed("rotate", e);
    }
  }

  private Attempt move(
      SessionTokens.Token old,
      SessionTokens.Token token,
      Envelope envelope,
      Forward forward,
      Changes changes,
      Instant deadline,
      Instant now)
      throws IOException {
    // Nobody knows the new name yet, but a sweep would take a file half written for debris.
    try (FileLocks.Held held = sessions.lock(old.handle(), token.handle())) {
      Optional<SlotFile.Slot> slot = files.read(old.handle());
      if (slot.isEmpty()) {
        return Attempt.GONE;
      }
      Found found = Found.in(slot.get(), old, changes, now);
      if (found.session().isEmpty()) {
        return found.attempt();
      }
      byte[] content =
          RecordCodec.encode(envelope, changes.applyTo(found.session().get().attributes()));
      sessions.begin(token.handle(), new SlotFolder.Content(deadline, content));
      try {
        sessions.forward(old.handle(), forward, deadline);
      } catch (IOException | RuntimeException e) {
        sessions.end(token.handle());
        throw e;
      }
      // Only now, because there is no way back: the new session is all there is.
      files.syncFolder(old.handle());
      return Attempt.of(Written.stored(token.text()));
    }
  }

  @Override
  public boolean delete(String token, Instant now) {
    return tokens.parse(token).filter(name -> end(name, Optional.empty(), now)).isPresent();
  }

  @Override
  public boolean delete(StoredSession session, Instant now) {
    Optional<String> person = session.envelope().principal().map(Principal::id);
    return end(SessionTokens.of(session), person, now);
  }

  /**
   * Ends a session, or what it was rotated into; takes it out of its person's index. Answers
   * whether there was one.
   */
  private boolean end(SessionTokens.Token first, Optional<String> person, Instant now) {
    SessionTokens.Token name = first;
    Optional<String> whose = person;
    boolean ended = false;
    try {
      Optional<Forward> forward;
      do {
        try (FileLocks.Held held = sessions.lock(name.handle())) {
          // Of a newer program it may be a forward: what that leads to would live on.
          Optional<SlotFile.Slot> slot = files.readKnown(name.handle());
          forward = slot.flatMap(SessionFiles::forward);
          if (forward.isEmpty()) {
            whose = slot.flatMap(FileSessionStore::person).or(() -> person);
            ended = slot.flatMap(found -> RecordCodec.decode(found.content())).isPresent();
            sessions.end(name.handle());
          }
        }
        if (forward.isPresent()) {
          name = name.as(forward.get().handle());
        }
      } while (forward.isPresent());
      if (whose.isPresent()) {
        signIns.leave(whose.get(), name.handle(), now);
      }
      return ended;
    } catch (IOException e) {
      throw failed("delete", e);
    }
  }

  private static Optional<String> person(SlotFile.Slot slot) {
    return RecordCodec.decode(slot.content())
        .flatMap(content -> content.envelope().principal())
        .map(Principal::id);
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
    try {
      return signIns.revoke(principalId, handle, now) > 0;
    } catch (IOException e) {
      throw failed("revoke", e);
    }
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    try {
      return signIns.revokeAll(principalId, except, now);
    } catch (IOException e) {
      throw failed("revoke", e);
    }
  }

  @Override
  public SessionStats stats(Instant now) {
    try {
      locks.verify();
      return census.stats(now);
    } catch (IOException e) {
      throw failed("count", e);
    }
  }

  @Override
  public long purge(Instant now) {
    try {
      locks.verify();
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
  public void setListener(SessionListener listener) {
    sessions.setListener(listener);
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.ALL;
  }

  @Override
  public void close() {
    sweep.close();
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
