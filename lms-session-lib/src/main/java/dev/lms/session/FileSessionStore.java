package dev.lms.session;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sessions in files, for one or several processes of one machine. Thread-safe.
 *
 * <p>One file per session, named by its handle, in 256 sub-folders. Reads take no lock; writes take
 * one per session, across processes. A commit that was acknowledged survives the death of every
 * process at any moment; what the operating system had not yet written is lost if the machine
 * itself dies. The folder must be on a local disk: network file systems keep no such locks.
 *
 * <p>Expired files are swept when the number of sessions passes the threshold, and once an hour
 * while sessions begin. A live session is never dropped.
 */
public final class FileSessionStore implements SessionStore {
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);
  private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final String TEMPORARY = ".tmp";

  private final Path folder;
  private final int threshold;
  private final SessionTokens tokens;
  private final SlotFile layout;
  private final FileLocks locks;

  private final ReentrantLock sweeping = new ReentrantLock();
  private final AtomicLong count = new AtomicLong(-1);
  private volatile long sweepAtCount;
  private volatile Instant sweepAt = Instant.MIN;

  private FileSessionStore(Path folder, KeyRing keys, int threshold) throws IOException {
    this.folder = folder;
    this.threshold = threshold;
    this.tokens = new SessionTokens(keys);
    this.layout = new SlotFile(keys.hmacs("file"));
    this.locks = new FileLocks(folder.resolve("lock"), LOCK_PATIENCE);
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
  public Optional<StoredSession> load(String token) {
    return tokens.parse(token).flatMap(this::load);
  }

  private Optional<StoredSession> load(SessionTokens.Token token) {
    try {
      Optional<SlotFile.Slot> slot = read(token.handle());
      if (slot.isEmpty() && Files.exists(file(token.handle()))) {
        // Two writes overtook the read, or the file is unreadable; the lock tells which.
        try (FileLocks.Held held = lock(token.handle())) {
          slot = read(token.handle());
        }
      }
      return slot.flatMap(found -> decode(token, found));
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private Optional<StoredSession> decode(SessionTokens.Token token, SlotFile.Slot slot) {
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
    sweepIfDue(now);
    SessionTokens.Token token = tokens.mint();
    try (FileLocks.Held held = lock(token.handle())) {
      writeNew(token.handle(), deadline, RecordCodec.encode(envelope, attributes));
    } catch (IOException e) {
      throw failed("create", e);
    }
    return token.text();
  }

  @Override
  public Optional<String> update(
      StoredSession session, Changes changes, Instant deadline, Instant now) {
    Optional<SessionTokens.Token> token = tokens.parse(session.token());
    if (token.isEmpty()) {
      return Optional.empty();
    }
    String handle = token.get().handle();
    try (FileLocks.Held held = lock(handle);
        FileChannel file =
            FileChannel.open(file(handle), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Optional<SlotFile.Slot> slot = layout.read(file, handle);
      Optional<StoredSession> current = slot.flatMap(s -> decode(token.get(), s));
      if (slot.isEmpty() || current.isEmpty() || !current.get().deadline().isAfter(now)) {
        return Optional.empty();
      }
      byte[] content =
          RecordCodec.encode(current.get().envelope(), changes.applyTo(current.get().attributes()));
      Instant later = later(deadline, current.get().deadline());
      if (slot.get().fits(content.length)) {
        layout.overwrite(file, handle, slot.get(), later, content);
      } else {
        replace(handle, later, content);
      }
      return Optional.of(session.token());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  @Override
  public Optional<String> rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    Optional<SessionTokens.Token> old = tokens.parse(session.token());
    if (old.isEmpty()) {
      return Optional.empty();
    }
    // The new file needs no lock: nobody knows its name before this returns.
    try (FileLocks.Held held = lock(old.get().handle())) {
      Optional<StoredSession> current =
          read(old.get().handle()).flatMap(slot -> decode(old.get(), slot));
      if (current.isEmpty() || !current.get().deadline().isAfter(now)) {
        return Optional.empty();
      }
      SessionTokens.Token token = tokens.mintBeside(old.get());
      writeNew(
          token.handle(),
          deadline,
          RecordCodec.encode(envelope, changes.applyTo(current.get().attributes())));
      remove(old.get().handle());
      return Optional.of(token.text());
    } catch (IOException e) {
      throw failed("rotate", e);
    }
  }

  @Override
  public void delete(String token, Instant now) {
    tokens.parse(token).ifPresent(parsed -> delete(parsed.handle()));
  }

  private void delete(String handle) {
    try (FileLocks.Held held = lock(handle)) {
      remove(handle);
    } catch (IOException e) {
      throw failed("delete", e);
    }
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(true, true);
  }

  @Override
  public void close() {
    try {
      locks.close();
    } catch (IOException e) {
      throw failed("close", e);
    }
  }

  private Optional<SlotFile.Slot> read(String handle) throws IOException {
    try (FileChannel file = FileChannel.open(file(handle), StandardOpenOption.READ)) {
      return layout.read(file, handle);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void writeNew(String handle, Instant deadline, byte[] content) throws IOException {
    Path path = file(handle);
    try (FileChannel file = createFile(path)) {
      layout.create(file, handle, deadline, content);
    } catch (IOException | RuntimeException e) {
      // A full disk, say: leave no half file behind.
      Files.deleteIfExists(path);
      throw e;
    }
    count.incrementAndGet();
  }

  private static FileChannel createFile(Path path) throws IOException {
    try {
      return FileChannel.open(path, NEW, PrivateFolder.FILE);
    } catch (NoSuchFileException e) {
      PrivateFolder.create(path.resolveSibling(""));
      return FileChannel.open(path, NEW, PrivateFolder.FILE);
    }
  }

  /** For a session that has outgrown its slots: a larger file takes the place of the old one. */
  private void replace(String handle, Instant deadline, byte[] content) throws IOException {
    Path larger = file(handle + TEMPORARY);
    Files.deleteIfExists(larger);
    try (FileChannel file = createFile(larger)) {
      layout.create(file, handle, deadline, content);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(larger);
      throw e;
    }
    Files.move(larger, file(handle), StandardCopyOption.ATOMIC_MOVE);
  }

  private void remove(String handle) throws IOException {
    if (Files.deleteIfExists(file(handle))) {
      count.decrementAndGet();
    }
  }

  private Path file(String name) {
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }

  private FileLocks.Held lock(String handle) {
    return locks.acquire(handle.hashCode());
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private SessionStoreException failed(String what, IOException e) {
    return new SessionStoreException("cannot " + what + " a session in " + folder, e);
  }

  /** One request sweeps; the others go on. */
  private void sweepIfDue(Instant now) {
    boolean due = count.get() >= Math.max(threshold, sweepAtCount) || !now.isBefore(sweepAt);
    if (due && sweeping.tryLock()) {
      try {
        long live = sweep(now);
        count.set(live);
        // With more live sessions than the threshold, sweeping at each new one would find nothing.
        sweepAtCount = live + Math.max(1, live / 10);
        sweepAt = now.plus(SWEEP_INTERVAL);
      } catch (IOException e) {
        throw failed("sweep", e);
      } finally {
        sweeping.unlock();
      }
    }
  }

  private long sweep(Instant now) throws IOException {
    long live = 0;
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path shard : shards) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
          for (Path file : files) {
            live += sweep(file, now) ? 0 : 1;
          }
        }
      }
    }
    return live;
  }

  private boolean sweep(Path file, Instant now) throws IOException {
    if (!hasEnded(file, now)) {
      return false;
    }
    String name = file.getFileName().toString();
    String handle =
        name.endsWith(TEMPORARY) ? name.substring(0, name.length() - TEMPORARY.length()) : name;
    try (FileLocks.Held held = lock(handle)) {
      // Under the lock nobody is just writing it.
      return hasEnded(file, now) && Files.deleteIfExists(file);
    }
  }

  /** True also for what a crash left behind half written. */
  private static boolean hasEnded(Path path, Instant now) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      return SlotFile.claimedDeadline(file).filter(deadline -> deadline.isAfter(now)).isEmpty();
    } catch (NoSuchFileException e) {
      return true;
    }
  }
}
