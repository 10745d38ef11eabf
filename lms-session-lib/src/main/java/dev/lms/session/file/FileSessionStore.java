// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.housekeeping.Housekeeping;
import dev.lms.session.migration.Transfer;
import dev.lms.session.migration.Transferable;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Keeps sessions in files, for one or several processes of one machine. Thread-safe.
 *
 * <p>Each session has a file named by its handle, and each signed-in person others, in 256
 * sub-folders. Reads take no lock. Writes take one lock per session, across processes, and one per
 * person if they concern the person's index. An acknowledged commit survives the death of every
 * process at any moment; if the machine itself dies, {@link Durability} says what survives. The
 * folder must be on a local disk: network file systems do not keep such locks.
 *
 * <p>Expired files are swept when the number of sessions exceeds a threshold, and once an hour
 * while sessions begin. No request waits for the sweep: it runs on a daemon thread that {@link
 * #close} ends, or on a given executor. A live session is never dropped.
 *
 * <p>Files may be deleted under a running store. A deleted lock file is created again, and so is
 * the folder, empty; if the folder's disk seems to be missing, every call is an outage until it is
 * back.
 */
public final class FileSessionStore
    implements SessionStore, PrincipalIndex, SessionStore.Reporting, Transferable {
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

  private final Path folder;
  private final SessionTokens tokens;
  private final SlotFolder files;
  private final FileLocks locks;
  private final FileSweep sweep;
  private final SessionFiles sessions;
  private final FileSignIns signIns;
  private final FileWrites writes;
  private final FileCensus census;
  private final FileTransfer transfer;

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
    UnreadableSessions unreadable = new UnreadableSessions();
    this.sweep = new FileSweep(files, locks, index, threshold, housekeeping, unreadable);
    this.sessions = new SessionFiles(files, locks, sweep, unreadable);
    this.signIns = new FileSignIns(sessions, index);
    this.writes = new FileWrites(tokens, files, sessions, signIns);
    this.census = new FileCensus(files, sessions, index);
    this.transfer = new FileTransfer(folder, files, locks, sessions, index);
  }

  /**
   * Opens the store in a folder, with a sweep beyond 1000 sessions and {@link Durability#NONE}.
   *
   * @param folder on a local disk; created if it is missing
   * @param keys the secret keys of the site, the same in every process
   * @return the store; open it once per process
   * @throws IllegalArgumentException if the folder is not safe: see {@link #open(Path, KeyRing,
   *     int, Durability)}
   * @throws SessionStoreException if the folder cannot be created or written
   */
  public static FileSessionStore open(Path folder, KeyRing keys) {
    return open(folder, keys, 1000);
  }

  /**
   * Opens the store in a folder with {@link Durability#NONE}.
   *
   * @param folder on a local disk; created if it is missing
   * @param keys the secret keys of the site, the same in every process
   * @param threshold the number of sessions beyond which expired ones are swept
   * @return the store; open it once per process
   * @throws IllegalArgumentException if the folder is not safe: see {@link #open(Path, KeyRing,
   *     int, Durability)}
   * @throws SessionStoreException if the folder cannot be created or written
   */
  public static FileSessionStore open(Path folder, KeyRing keys, int threshold) {
    return open(folder, keys, threshold, Durability.NONE);
  }

  /**
   * Opens the store in a folder, which has the permissions 0700 from then on.
   *
   * @param folder on a local disk; created if it is missing
   * @param keys the secret keys of the site, the same in every process
   * @param threshold the number of sessions beyond which expired ones are swept
   * @param durability what an acknowledged write has survived; the same in every process
   * @return the store; open it once per process
   * @throws IllegalArgumentException if the folder is a symbolic link, belongs to somebody else, is
   *     writable by others, or is in a folder where everybody could replace it
   * @throws SessionStoreException if the folder cannot be created or written
   */
  public static FileSessionStore open(
      Path folder, KeyRing keys, int threshold, Durability durability) {
    return open(
        folder, keys, threshold, durability, Housekeeping.onOwnThread("lms-sessions-sweep"));
  }

  /**
   * Opens the store in a folder, like {@link #open(Path, KeyRing, int, Durability)}, and sweeps it
   * on an executor instead of a thread of its own.
   *
   * @param folder on a local disk; created if it is missing
   * @param keys the secret keys of the site, the same in every process
   * @param threshold the number of sessions beyond which expired ones are swept
   * @param durability what an acknowledged write has survived; the same in every process
   * @param sweeps runs the sweep, in tasks of one sub-folder each; stays open when the store is
   *     closed
   * @return the store; open it once per process
   * @throws IllegalArgumentException if the folder is a symbolic link, belongs to somebody else, is
   *     writable by others, or is in a folder where everybody could replace it
   * @throws SessionStoreException if the folder cannot be created or written
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
  public Opened open(String token, Instant now) {
    Optional<SessionTokens.Token> name = tokens.parse(token);
    String first = name.map(SessionTokens.Token::handle).orElse("");
    Optional<SlotFile.Slot> slot = name.flatMap(this::read);
    while (name.isPresent() && slot.isPresent()) {
      Optional<Forward> forward = SessionFiles.forward(slot.get());
      if (forward.isEmpty()) {
        Optional<StoredSession> session =
            session(name.get(), slot.get())
                .filter(found -> found.handle().equals(first) || !found.envelope().renewalDue());
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
    if (SessionRecord.hasMoved(slot)) {
      throw Transfer.moved(name.handle());
    }
    if (session.isEmpty() && SessionRecord.isUnknown(slot)) {
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

  static Optional<StoredSession> decode(SessionTokens.Token token, SlotFile.Slot slot) {
    return RecordCodec.decode(slot.content())
        .map(
            content ->
                new StoredSession(token.text(), token.handle(), content.envelope(), slot.deadline())
                    .withAttributes(content.attributes()));
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    try {
      sweep.ifDue(options.now());
      return writes.create(envelope, attributes, options);
    } catch (IOException e) {
      throw failed("create", e);
    }
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    try {
      return writes.update(SessionTokens.of(session), session, changes, options);
    } catch (IOException e) {
      throw failed("update", e);
    }
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    try {
      return options.grace().isPresent()
          ? writes.rotate(session, changes, options)
          : writes.replace(session, envelope, changes, options);
    } catch (IOException e) {
      throw failed("rotate", e);
    }
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    Optional<SessionTokens.Token> name =
        loaded.map(SessionTokens::of).or(() -> tokens.parse(token));
    Optional<String> person =
        loaded.flatMap(session -> session.envelope().principal()).map(Principal::id);
    try {
      return name.isPresent() && writes.end(name.get(), person, now);
    } catch (IOException e) {
      throw failed("delete", e);
    }
  }

  @Override
  public Page page(String principalId, Optional<String> from, int most, Instant now) {
    try {
      return signIns.page(principalId, from, most, now);
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
  public int changeRoles(String principalId, Set<String> roles, Instant now) {
    try {
      return signIns.changeRoles(principalId, roles, now);
    } catch (IOException e) {
      throw failed("change the roles of", e);
    }
  }

  @Override
  public SessionCensus stats(Instant now) {
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

  @Override
  public Transfer transfer() {
    return transfer;
  }

  /**
   * {@return how many sessions could not be read and were counted as absent, since this store was
   * opened}
   */
  public long unreadable() {
    return sessions.unreadable();
  }

  @Override
  public void reportTo(SessionListener listener) {
    sessions.setListener(listener);
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
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

  private SessionStoreException failed(String what, IOException e) {
    return PrivateFolder.trouble(what + " a session in", folder, e);
  }
}
