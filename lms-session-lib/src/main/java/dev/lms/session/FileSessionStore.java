package dev.lms.session;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
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
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());

  private final LongAdder unreadable = new LongAdder();

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

  private final Path folder;
  private final SessionTokens tokens;
  private final SlotFolder files;
  private final FileLocks locks;
  private final FileIndex index;
  private final FileSweep sweep;
  private final FileCensus census;

  private FileSessionStore(Path folder, KeyRing keys, int threshold) throws IOException {
    this.folder = folder;
    this.tokens = new SessionTokens(keys);
    this.files = new SlotFolder(folder, keys);
    this.locks = new FileLocks(folder.resolve("lock"), LOCK_PATIENCE);
    this.index = new FileIndex(files, locks, keys);
    this.sweep = new FileSweep(files, locks, index, threshold);
    this.census = new FileCensus(files, locks, index, sweep);
  }

  /** A store in this folder, which is made if it is missing, that sweeps past 1000 sessions. */
  public static FileSessionStore open(Path folder, KeyRing keys) {
    return open(folder, keys, 1000);
  }

  /**
   * A store in this folder, which is made (0700) if it is missing. Open it once per process.
   *
   * @param threshold the number of sessions past which expired ones are swept
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, or writable
   *     by others
   * @throws SessionStoreException if it cannot be made or written
   */
  public static FileSessionStore open(Path folder, KeyRing keys, int threshold) {
    PrivateFolder.open(folder);
    try {
      return new FileSessionStore(folder, keys, threshold);
    } catch (IOException e) {
      throw new SessionStoreException("cannot use the session folder " + folder, e);
    }
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(SessionTokens.Token::handle);
  }

  @Override
  public Optional<StoredSession> load(String token) {
    return tokens.parse(token).flatMap(this::load);
  }

  private Optional<StoredSession> load(SessionTokens.Token token) {
    try {
      return read(token.handle()).flatMap(slot -> decode(token, slot));
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private Optional<SlotFile.Slot> read(String handle) throws IOException {
    Optional<SlotFile.Slot> slot = files.read(handle);
    if (slot.isEmpty() && files.exists(handle)) {
      // Two writes overtook the read, or the file is unreadable; the lock tells which.
      try (FileLocks.Held held = locks.acquire(handle)) {
        slot = files.read(handle);
      }
      if (slot.isEmpty() && files.exists(handle)) {
        unreadable.increment();
        LOG.log(Level.WARNING, "session {0} is unreadable and counts as absent", handle);
      }
    }
    return slot;
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
      return within(
          limit,
          place(token, envelope, deadline, now),
          Optional.empty(),
          now,
          () -> {
            try (FileLocks.Held held = locks.acquire(token.handle())) {
              begin(token, content);
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
    Optional<SessionTokens.Token> token = tokens.parse(session.token());
    Optional<Place> place =
        token
            .filter(known -> deadline.isAfter(session.deadline()))
            .flatMap(known -> place(known, session.envelope(), deadline, now));
    if (token.isEmpty()) {
      return Optional.empty();
    }
    try (FileLocks.Held held = lock(place)) {
      if (place.isPresent()) {
        index.touch(place.get().principalId(), place.get().entry(), now);
      }
      boolean written = update(token.get(), changes, deadline, now);
      if (!written && place.isPresent()) {
        index.leave(place.get().principalId(), List.of(token.get().handle()), now);
      }
      return written ? Optional.of(session.token()) : Optional.empty();
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  private boolean update(SessionTokens.Token token, Changes changes, Instant deadline, Instant now)
      throws IOException {
    try (FileLocks.Held held = locks.acquire(token.handle())) {
      return files.change(
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
          within(
              limit,
              place(token, envelope, deadline, now),
              samePerson ? Optional.of(old.handle()) : Optional.empty(),
              now,
              () -> rotate(old, token, envelope, changes, deadline, now));
      if (rotated.isPresent() && before.isPresent() && !samePerson) {
        leave(before.get(), old.handle(), now);
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
    // The new file needs no lock: nobody knows its name before this returns.
    try (FileLocks.Held held = locks.acquire(old.handle())) {
      Optional<StoredSession> current = files.read(old.handle()).flatMap(slot -> decode(old, slot));
      if (current.isEmpty() || !current.get().deadline().isAfter(now)) {
        return Optional.empty();
      }
      byte[] content = RecordCodec.encode(envelope, changes.applyTo(current.get().attributes()));
      begin(token, new SlotFolder.Content(deadline, content));
      end(old.handle());
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
      try (FileLocks.Held held = locks.acquire(handle)) {
        end(handle);
      }
      if (principalId.isPresent()) {
        leave(principalId.get(), handle, now);
      }
    } catch (IOException e) {
      throw failed("delete", e);
    }
  }

  @Override
  public List<SessionInfo> list(String principalId, Instant now) {
    List<SessionInfo> sessions = new ArrayList<>();
    try (FileLocks.Held held = index.lock(principalId)) {
      for (FileIndex.Entry entry : index.entries(principalId)) {
        read(entry.handle())
            .filter(slot -> slot.deadline().isAfter(now))
            .flatMap(slot -> describe(entry, principalId, slot))
            .ifPresent(sessions::add);
      }
    } catch (IOException e) {
      throw failed("list", e);
    }
    Collections.reverse(sessions);
    return sessions;
  }

  private static Optional<SessionInfo> describe(
      FileIndex.Entry entry, String principalId, SlotFile.Slot slot) {
    return RecordCodec.decode(slot.content())
        .map(RecordCodec.Content::envelope)
        .filter(envelope -> envelope.isOf(principalId))
        .map(
            envelope ->
                new SessionInfo(
                    entry.handle(),
                    envelope.device(),
                    envelope.created(),
                    entry.signedIn(),
                    entry.seen(),
                    slot.deadline()));
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
    try (FileLocks.Held held = index.lock(principalId)) {
      List<FileIndex.Entry> doomed = index.entries(principalId).stream().filter(which).toList();
      return end(principalId, doomed, now);
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
    return unreadable.sum();
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

  /** Writes a session; empty if there was nothing to write it from. */
  private interface Write {
    Optional<String> run() throws IOException;
  }

  /** Whose index a session belongs into, and as what. */
  private record Place(String principalId, FileIndex.Entry entry) {}

  private static Optional<Place> place(
      SessionTokens.Token token, Envelope envelope, Instant deadline, Instant now) {
    String handle = token.handle();
    Instant signedIn = envelope.authenticated().orElse(envelope.created());
    return envelope
        .principal()
        .map(
            person ->
                new Place(
                    person.id(), new FileIndex.Entry(handle, deadline, now, signedIn, handle)));
  }

  private FileLocks.Held lock(Optional<Place> place) {
    return place.map(person -> index.lock(person.principalId())).orElse(() -> {});
  }

  /** Enters the session into its person's index, writes it, and ends what the limit says. */
  private Optional<String> within(
      SessionLimit limit,
      Optional<Place> place,
      Optional<String> replaced,
      Instant now,
      Write write)
      throws IOException {
    if (place.isEmpty()) {
      return write.run();
    }
    String person = place.get().principalId();
    try (FileLocks.Held held = index.lock(person)) {
      Optional<List<FileIndex.Entry>> excess =
          index.enter(person, place.get().entry(), replaced, limit, now);
      if (excess.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> token = write.run();
      if (token.isEmpty()) {
        index.leave(person, List.of(place.get().entry().handle()), now);
        return Optional.empty();
      }
      end(person, excess.get(), now);
      if (replaced.isPresent()) {
        index.leave(person, List.of(replaced.get()), now);
      }
      return token;
    }
  }

  /** Ends sessions, then takes them out of the index; the caller holds the person's lock. */
  private int end(String principalId, List<FileIndex.Entry> doomed, Instant now)
      throws IOException {
    int live = 0;
    for (FileIndex.Entry entry : doomed) {
      live += census.end(entry.handle(), now) ? 1 : 0;
    }
    if (!doomed.isEmpty()) {
      index.leave(principalId, doomed.stream().map(FileIndex.Entry::handle).toList(), now);
    }
    return live;
  }

  private void leave(String principalId, String handle, Instant now) throws IOException {
    try (FileLocks.Held held = index.lock(principalId)) {
      index.leave(principalId, List.of(handle), now);
    }
  }

  private void begin(SessionTokens.Token token, SlotFolder.Content content) throws IOException {
    files.create(token.handle(), content);
    sweep.began();
  }

  private void end(String handle) throws IOException {
    if (files.delete(handle)) {
      sweep.ended();
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private SessionStoreException failed(String what, IOException e) {
    return new SessionStoreException("cannot " + what + " a session in " + folder, e);
  }
}
