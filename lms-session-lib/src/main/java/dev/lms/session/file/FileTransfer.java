// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Moves sessions out of files, and into them, each step under the session's lock. Thread-safe. */
final class FileTransfer implements Transfer {
  private static final Pattern HANDLE = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern NOTE = Pattern.compile("[a-z0-9-]{1,100}");

  private final Path folder;
  private final Path notes;
  private final SlotFolder files;
  private final FileLocks locks;
  private final SessionFiles sessions;
  private final FileIndex index;

  FileTransfer(
      Path folder, SlotFolder files, FileLocks locks, SessionFiles sessions, FileIndex index) {
    this.folder = folder;
    this.notes = folder.resolve("migration");
    this.files = files;
    this.locks = locks;
    this.sessions = sessions;
    this.index = index;
  }

  /** A step on files. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T doing(Step<T> step) {
    try {
      locks.verify();
      return step.run();
    } catch (IOException e) {
      throw PrivateFolder.trouble("move a session of", folder, e);
    }
  }

  @Override
  public Optional<Parcel> takeOut(Place place, Instant now) {
    return doing(() -> take(place, now));
  }

  private Optional<Parcel> take(Place place, Instant now) throws IOException {
    // The lock of a person is taken before that of a session, so who it is comes first.
    Optional<Whole> before = sessions.read(place.handle()).flatMap(slot -> whole(slot, place, now));
    Optional<FileIndex.Entry> entry = Optional.empty();
    Optional<String> person = before.flatMap(whole -> person(whole.envelope()));
    if (person.isPresent()) {
      try (FileLocks.Held held = index.lock(person.get())) {
        entry =
            index.entries(person.get()).stream()
                .filter(known -> known.handle().equals(place.handle()))
                .findFirst();
      }
    }
    try (FileLocks.Held held = sessions.lock(place.handle())) {
      Optional<SlotFile.Slot> slot = files.readKnown(place.handle());
      if (slot.isEmpty() || !slot.get().deadline().isAfter(now)) {
        return Optional.empty();
      }
      return take(place, slot.get(), entry, now);
    }
  }

  private Optional<Parcel> take(
      Place place, SlotFile.Slot slot, Optional<FileIndex.Entry> entry, Instant now)
      throws IOException {
    Optional<Forward> forward = SessionFiles.forward(slot);
    if (forward.isPresent()) {
      return Optional.of(new Parcel(place, slot.deadline(), new Rotated(forward.get())));
    }
    Optional<Whole> whole = whole(slot, place, now);
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> group = place.group().or(() -> SessionRecord.group(slot));
    if (!SessionRecord.isTaken(slot)) {
      byte[] session =
          group
              .map(
                  known ->
                      SessionRecord.encode(whole.get().envelope(), whole.get().attributes(), known))
              .orElseGet(slot::bytes);
      files.replace(
          place.handle(), new SlotFolder.Content(slot.deadline(), SessionRecord.taken(session)));
      files.syncFolder(place.handle());
    }
    return Optional.of(
        new Parcel(
            new Place(group, place.handle()),
            slot.deadline(),
            new Whole(
                whole.get().envelope(),
                whole.get().attributes(),
                entry.map(FileIndex.Entry::seen).orElse(now),
                entry.map(FileIndex.Entry::root).orElse(place.handle()))));
  }

  private static Optional<Whole> whole(SlotFile.Slot slot, Place place, Instant now) {
    return Optional.of(slot)
        .filter(found -> SessionRecord.isSession(found) || SessionRecord.isTaken(found))
        .flatMap(found -> RecordCodec.decode(SessionRecord.content(found)))
        .map(found -> new Whole(found.envelope(), found.attributes(), now, place.handle()));
  }

  private static Optional<String> person(Envelope envelope) {
    return envelope.principal().map(Principal::id);
  }

  @Override
  public void handedOver(Parcel parcel) {
    doing(
        () -> {
          String handle = parcel.place().handle();
          String group = parcel.place().group().orElse("");
          try (FileLocks.Held held = sessions.lock(handle)) {
            Optional<SlotFile.Slot> slot = files.readKnown(handle);
            if (slot.isPresent()
                && (SessionRecord.isTaken(slot.get())
                    || SessionFiles.forward(slot.get()).isPresent())) {
              files.replace(
                  handle, new SlotFolder.Content(slot.get().deadline(), SessionRecord.left(group)));
              files.syncFolder(handle);
            }
          }
          if (parcel.content() instanceof Whole whole && person(whole.envelope()).isPresent()) {
            String person = person(whole.envelope()).get();
            try (FileLocks.Held held = index.lock(person)) {
              // Whatever the clock says: what has ended goes with the next change.
              index.leave(person, List.of(handle), Instant.EPOCH);
            }
          }
          return true;
        });
  }

  @Override
  public boolean arrive(Parcel parcel, Instant now) {
    return doing(
        () -> {
          Optional<String> person =
              parcel.content() instanceof Whole whole ? person(whole.envelope()) : Optional.empty();
          if (person.isEmpty()) {
            return put(parcel);
          }
          try (FileLocks.Held held = index.lock(person.get())) {
            index.arrive(person.get(), entry(parcel), now);
            return put(parcel);
          }
        });
  }

  private static FileIndex.Entry entry(Parcel parcel) {
    Whole whole = (Whole) parcel.content();
    Envelope envelope = whole.envelope();
    return new FileIndex.Entry(
        parcel.place().handle(),
        parcel.deadline(),
        whole.seen(),
        envelope.authenticated().orElse(envelope.created()),
        whole.root());
  }

  private boolean put(Parcel parcel) throws IOException {
    String handle = parcel.place().handle();
    try (FileLocks.Held held = sessions.lock(handle)) {
      Optional<SlotFile.Slot> slot = files.readKnown(handle);
      boolean cameBack = slot.filter(SessionRecord::hasLeft).isPresent();
      if (!cameBack && files.exists(handle)) {
        return false;
      }
      if (cameBack) {
        files.delete(handle);
      }
      if (parcel.content() instanceof Rotated rotated) {
        sessions.forward(handle, rotated.forward(), parcel.deadline());
      } else {
        Whole whole = (Whole) parcel.content();
        byte[] bytes =
            RecordCodec.encode(
                new RecordCodec.Content(
                    whole.envelope(), whole.attributes(), parcel.place().group()));
        sessions.begin(handle, new SlotFolder.Content(parcel.deadline(), bytes));
      }
      files.syncFolder(handle);
      return true;
    }
  }

  @Override
  public boolean holds(Place place) {
    return doing(
        () ->
            sessions
                .read(place.handle())
                .filter(slot -> !SessionRecord.hasLeft(slot) && !SessionRecord.isTaken(slot))
                .isPresent());
  }

  @Override
  public void expectArrivals() {
    sessions.leaveMarks();
  }

  @Override
  public boolean needsGroups() {
    return false;
  }

  @Override
  public Collection<Place> placesOf(String principalId) {
    return doing(
        () -> {
          List<FileIndex.Entry> entries;
          try (FileLocks.Held held = index.lock(principalId)) {
            entries = index.entries(principalId);
          }
          List<Place> places = new ArrayList<>();
          for (FileIndex.Entry entry : entries) {
            Optional<SlotFile.Slot> slot = sessions.read(entry.handle());
            if (slot.isPresent()) {
              places.add(place(entry.handle(), slot.get()));
            }
          }
          return places;
        });
  }

  /** A forward has the group of what it leads to. */
  private Place place(String handle, SlotFile.Slot slot) throws IOException {
    Optional<SlotFile.Slot> last = Optional.of(slot);
    Optional<Forward> forward = SessionFiles.forward(slot);
    while (forward.isPresent()) {
      last = files.read(forward.get().handle());
      forward = last.flatMap(SessionFiles::forward);
    }
    return new Place(last.flatMap(SessionRecord::group), handle);
  }

  @Override
  public void forEachPlace(Instant now, BiConsumer<Place, Kind> visitor) {
    doing(
        () -> {
          files.forEach(
              name -> {
                if (HANDLE.matcher(name).matches()) {
                  visit(name, now, visitor);
                }
              });
          return true;
        });
  }

  private void visit(String handle, Instant now, BiConsumer<Place, Kind> visitor)
      throws IOException {
    Optional<SlotFile.Slot> slot = files.read(handle);
    if (slot.isEmpty()) {
      // Written over just now, or damaged.
      try (FileLocks.Held held = sessions.lock(handle)) {
        slot = files.read(handle);
      }
    }
    if (slot.isEmpty() && files.exists(handle)) {
      visitor.accept(new Place(Optional.empty(), handle), Kind.UNREADABLE);
    } else if (slot.isPresent() && slot.get().deadline().isAfter(now)) {
      Optional<Kind> kind = kind(slot.get());
      if (kind.isPresent()) {
        visitor.accept(place(handle, slot.get()), kind.get());
      }
    }
  }

  private static Optional<Kind> kind(SlotFile.Slot slot) {
    if (SessionRecord.isMark(slot)) {
      return Optional.empty();
    }
    if (SessionFiles.forward(slot).isPresent()) {
      return Optional.of(Kind.FORWARD);
    }
    if (RecordCodec.decode(SessionRecord.content(slot)).isEmpty()) {
      return Optional.of(Kind.UNREADABLE);
    }
    return Optional.of(SessionRecord.isTaken(slot) ? Kind.TAKEN : Kind.SESSION);
  }

  @Override
  public Map<String, String> notes() {
    return doing(
        () -> {
          Map<String, String> found = new TreeMap<>();
          try (DirectoryStream<Path> all = Files.newDirectoryStream(notes)) {
            for (Path file : all) {
              String name = String.valueOf(file.getFileName());
              if (NOTE.matcher(name).matches()) {
                read(file).ifPresent(text -> found.put(name, text));
              }
            }
          } catch (NoSuchFileException e) {
            // Nobody has noted anything.
          }
          return found;
        });
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void note(String name, String text) {
    if (!NOTE.matcher(name).matches()) {
      throw new SessionStoreException("not the name of a note: " + name);
    }
    doing(
        () -> {
          if (text.isEmpty()) {
            return Files.deleteIfExists(notes.resolve(name));
          }
          if (!PrivateFolder.exists(notes)) {
            PrivateFolder.create(notes);
          }
          Path draft = notes.resolve(UUID.randomUUID() + ".tmp");
          try (var channel =
              Files.newByteChannel(
                  draft,
                  Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                  PrivateFolder.FILE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
          }
          Files.move(draft, notes.resolve(name), StandardCopyOption.ATOMIC_MOVE);
          return true;
        });
  }
}
