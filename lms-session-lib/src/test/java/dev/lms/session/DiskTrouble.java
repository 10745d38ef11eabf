package dev.lms.session;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A program whose disk gets full, or read-only, under its sessions. Ends with 0 if nothing was lost
 * and every refusal said what to do.
 */
final class DiskTrouble {
  private static final KeyRing KEYS = CrashWriter.KEYS;

  private final Path folder;
  private final FileSessionStore store;

  private DiskTrouble(Path folder) {
    this.folder = folder;
    this.store = FileSessionStore.open(folder, KEYS);
  }

  /** {@code small-disk | small-files | read-only} FOLDER. */
  public static void main(String[] arguments) throws Exception {
    DiskTrouble trouble = new DiskTrouble(Path.of(arguments[1]).resolve("sessions"));
    switch (arguments[0]) {
      case "small-disk" -> trouble.full(new SmallDisk(Path.of(arguments[1]).resolve("filler")));
      case "small-files" -> trouble.full(new SmallFiles());
      case "read-only" -> trouble.readOnly();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println("nothing was lost");
  }

  /** A disk that can be filled. */
  private interface Disk {
    void fill() throws Exception;

    void free() throws Exception;

    /** Whether what a file already has can still be overwritten. */
    boolean takesOverwriting();
  }

  /** The folder is on a file system of its own, and small. */
  private record SmallDisk(Path filler) implements Disk {
    @Override
    public void fill() throws IOException {
      try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE_NEW)) {
        for (int i = 0; i < 1 << 20; i++) {
          out.write(new byte[4096]);
        }
        throw new IllegalStateException("this disk is not small");
      } catch (IOException e) {
        // Full.
      }
    }

    @Override
    public void free() throws IOException {
      Files.delete(filler);
    }

    @Override
    public boolean takesOverwriting() {
      return true;
    }
  }

  /** The system refuses any write beyond the first bytes of a file (RLIMIT_FSIZE). */
  private static final class SmallFiles implements Disk {
    @Override
    public void fill() throws Exception {
      limit("1000:");
    }

    @Override
    public void free() throws Exception {
      limit("unlimited:");
    }

    private static void limit(String limit) throws Exception {
      long pid = ProcessHandle.current().pid();
      Process prlimit =
          new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + limit)
              .inheritIO()
              .start();
      check(prlimit.waitFor() == 0, "prlimit works");
    }

    @Override
    public boolean takesOverwriting() {
      return false;
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("it does not hold that " + what);
    }
  }

  private String begin() {
    Envelope stranger = CrashWriter.envelope(Optional.empty());
    return store.create(stranger, Map.of("v", "1"), CrashWriter.SOON, CrashWriter.NOW);
  }

  private StoredSession load(String token) {
    return store.load(token).orElseThrow(() -> new AssertionError("the session is lost"));
  }

  private Object set(String token, String value) {
    Changes changes = new Changes(Map.of("v", value), Set.of(), Map.of());
    return store
        .update(load(token), changes, CrashWriter.SOON, CrashWriter.NOW)
        .token()
        .orElseThrow();
  }

  private Object rotate(String token) {
    StoredSession session = load(token);
    return store
        .rotate(session, session.envelope(), Changes.NONE, CrashWriter.SOON, CrashWriter.NOW)
        .token()
        .orElseThrow();
  }

  private String refused(Callable<Object> step) throws Exception {
    try {
      throw new AssertionError("this should have been refused: " + step.call());
    } catch (SessionStoreException e) {
      String message = String.valueOf(e.getMessage());
      check(message.contains(folder.toString()), message + " names the folder");
      return message;
    }
  }

  private void holds(String token, String value) {
    String found = load(token).attributes().get("v");
    check(value.equals(found), "the session holds " + value + ", not " + found);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> Files.isRegularFile(file) && !file.endsWith("lock")).toList();
    }
  }

  private void full(Disk disk) throws Exception {
    String token = begin();
    String other = begin();
    disk.fill();
    String message = refused(this::begin);
    String remedy = disk.takesOverwriting() ? "free some space" : "see that";
    check(message.contains(remedy), message + " names the remedy");
    String kept = "1";
    if (disk.takesOverwriting()) {
      for (int commit = 2; commit < 6; commit++) {
        kept = Integer.toString(commit);
        set(token, kept);
      }
    } else {
      refused(() -> set(token, "2"));
    }
    holds(token, kept);
    refused(() -> set(token, "x".repeat(10_000)));
    holds(token, kept);
    refused(() -> rotate(token));
    holds(token, kept);
    store.delete(other, CrashWriter.NOW);
    check(store.load(other).isEmpty(), "one can sign out on a full disk");
    check(files().size() == 1, "there is one file: " + files());
    disk.free();
    set(token, "x".repeat(10_000));
    holds(token, "x".repeat(10_000));
    holds(rotate(token).toString(), "x".repeat(10_000));
    holds(begin(), "1");
    check(files().size() == 3, "two sessions and what was rotated: " + files());
  }

  private void readOnly() throws Exception {
    String token = begin();
    mode(0500, 0400);
    try {
      for (Callable<Object> step :
          List.<Callable<Object>>of(
              this::begin, () -> set(token, "2"), () -> rotate(token), () -> end(token))) {
        String message = refused(step);
        check(message.contains("may read and write there"), message + " names the remedy");
        holds(token, "1");
      }
      String message = refused(() -> FileSessionStore.open(folder, KEYS));
      check(message.contains("may read and write there"), message + " names the remedy");
    } finally {
      mode(0700, 0600);
    }
    set(token, "2");
    holds(token, "2");
    begin();
  }

  private Object end(String token) {
    store.delete(token, CrashWriter.NOW);
    return "ended";
  }

  private void mode(int folders, int files) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        Files.setAttribute(path, "unix:mode", Files.isDirectory(path) ? folders : files);
      }
    }
  }
}
