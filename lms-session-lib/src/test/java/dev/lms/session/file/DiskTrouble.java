// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Changes;
import dev.lms.session.CrashWriter;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
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
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A program whose disk gets full, or read-only, under its sessions. Ends with 0 if nothing was lost
 * and every refusal said what to do.
 */
final class DiskTrouble {
  private static final KeyRing KEYS = CrashWriter.KEYS;

  /** Classes of the library, and of its tests, that are needed here; by their files. */
  private static final Predicate<String> OURS =
      Pattern.compile("/session/(redis|jdbc|jfr|httpserver|servlet|micrometer|opentelemetry)/")
          .asPredicate()
          .negate();

  private static final Predicate<String> TESTS =
      Pattern.compile("/(DiskTrouble|CrashWriter|Stores)\\b").asPredicate();

  private final Path folder;
  private final Path listed;
  private final FileSessionStore store;
  private final FileRevocations revocations;

  private DiskTrouble(Path folder) {
    this.folder = folder;
    this.listed = folder.resolveSibling("revoked");
    this.store = FileSessionStore.open(folder, KEYS, 1000, Durability.NONE, Runnable::run);
    this.revocations = FileRevocations.open(listed, Durability.NONE, task -> {});
  }

  /** {@code small-disk | small-files | read-only | few-files} FOLDER. */
  public static void main(String[] arguments) throws Exception {
    DiskTrouble trouble = new DiskTrouble(Path.of(arguments[1]).resolve("sessions"));
    switch (arguments[0]) {
      case "small-disk" -> trouble.full(new SmallDisk(Path.of(arguments[1]).resolve("filler")));
      case "small-files" -> trouble.full(new SmallFiles());
      case "read-only" -> trouble.readOnly();
      case "few-files" -> trouble.fewFiles();
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
    return store
        .create(stranger, Map.of("v", "1"), WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
        .orElseThrow();
  }

  private StoredSession load(String token) {
    return Stores.load(store, token).orElseThrow(() -> new AssertionError("the session is lost"));
  }

  private Object set(String token, String value) {
    Changes changes = new Changes(Map.of("v", value), Set.of(), Map.of());
    return store
        .update(load(token), changes, WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
        .token()
        .orElseThrow();
  }

  private Object rotate(String token) {
    StoredSession session = load(token);
    return store
        .rotate(
            session,
            session.envelope(),
            Changes.NONE,
            WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
        .token()
        .orElseThrow();
  }

  private String refused(Callable<Object> step) throws Exception {
    return refused(step, folder);
  }

  private static String refused(Callable<Object> step, Path where) throws Exception {
    try {
      throw new AssertionError("this should have been refused: " + step.call());
    } catch (SessionStoreException e) {
      String message = String.valueOf(e.getMessage());
      check(message.contains(where.toString()), message + " names the folder");
      check(e.isOutage(), message + " is an outage");
      return message;
    }
  }

  private boolean revoke(String handle) {
    return revocations.revoke(handle, CrashWriter.SOON, CrashWriter.NOW);
  }

  private void isRevoked(String handle, boolean is) {
    check(revocations.isRevoked(handle) == is, handle + " is revoked: " + is);
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
    check(revoke("aa11"), "nobody had revoked it");
    disk.fill();
    if (disk.takesOverwriting()) {
      String list = refused(() -> revoke("bb22"), listed);
      check(list.contains("free some space"), list + " names the remedy");
      isRevoked("bb22", false);
    }
    isRevoked("aa11", true);
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
    store.delete(other, Optional.empty(), CrashWriter.NOW);
    check(Stores.load(store, other).isEmpty(), "one can sign out on a full disk");
    check(files().size() == 1, "there is one file: " + files());
    disk.free();
    set(token, "x".repeat(10_000));
    holds(token, "x".repeat(10_000));
    holds(rotate(token).toString(), "x".repeat(10_000));
    holds(begin(), "1");
    check(revoke("bb22"), "nobody had revoked it");
    isRevoked("bb22", true);
    check(files().size() == 3, "two sessions and what was rotated: " + files());
  }

  private void readOnly() throws Exception {
    String token = begin();
    check(revoke("aa11"), "nobody had revoked it");
    mode(0500, 0400);
    try {
      refused(() -> revoke("bb22"), listed);
      isRevoked("aa11", true);
      isRevoked("bb22", false);
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
    notToBeEntered(token);
    set(token, "2");
    holds(token, "2");
    begin();
  }

  /** What cannot be looked at is not taken for what is not there. */
  private void notToBeEntered(String token) throws Exception {
    for (Path closed : List.of(folder, listed)) {
      Files.setAttribute(closed, "unix:mode", 0);
    }
    try {
      for (Callable<Object> step :
          List.<Callable<Object>>of(
              () -> Stores.load(store, token),
              this::begin,
              () -> end(token),
              () -> store.stats(CrashWriter.NOW),
              () -> store.purge(CrashWriter.NOW))) {
        String message = refused(step);
        check(message.contains("may read and write there"), message + " names the remedy");
      }
      for (String handle : List.of("aa11", "bb22")) {
        refused(() -> revocations.isRevoked(handle), listed);
        refused(() -> revoke(handle), listed);
      }
    } finally {
      for (Path closed : List.of(folder, listed)) {
        Files.setAttribute(closed, "unix:mode", 0700);
      }
    }
    holds(token, "1");
    isRevoked("aa11", true);
    isRevoked("bb22", false);
  }

  /** Without a descriptor left nothing can be opened; that is an outage, and ends by itself. */
  private void fewFiles() throws Exception {
    loadClasses();
    String token = begin();
    check(revoke("aa11"), "nobody had revoked it");
    // Started now, because then nothing can be.
    Process more =
        new ProcessBuilder(
                "sh",
                "-c",
                "read go && exec prlimit --pid "
                    + ProcessHandle.current().pid()
                    + " --nofile=4096:")
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    Process fewer =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(ProcessHandle.current().pid()), "--nofile=3:")
            .inheritIO()
            .start();
    check(fewer.waitFor() == 0, "prlimit works");
    try {
      refused(() -> Stores.load(store, token));
      refused(this::begin);
      refused(() -> store.stats(CrashWriter.NOW));
      refused(() -> end(token));
      refused(() -> revoke("bb22"), listed);
      isRevoked("aa11", true);
      isRevoked("bb22", false);
    } finally {
      more.getOutputStream().write('\n');
      more.getOutputStream().close();
      check(more.waitFor() == 0, "prlimit works");
    }
    holds(token, "1");
    set(token, "2");
    holds(token, "2");
    begin();
    check(revoke("bb22"), "nobody had revoked it");
  }

  /** None can be loaded later. */
  private static void loadClasses() throws Exception {
    Path classes =
        Path.of(DiskTrouble.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path library =
        Path.of(FileSessionStore.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    for (Path root : List.of(classes, library)) {
      try (var files = Files.walk(root.resolve("dev/lms/session"))) {
        for (Path file : files.toList()) {
          String name = root.relativize(file).toString();
          if (name.endsWith(".class") && (root.equals(library) ? OURS : TESTS).test(name)) {
            Class.forName(name.substring(0, name.length() - 6).replace('/', '.'));
          }
        }
      }
    }
  }

  private Object end(String token) {
    store.delete(token, Optional.empty(), CrashWriter.NOW);
    return "ended";
  }

  private void mode(int folders, int files) throws IOException {
    for (Path root : List.of(folder, listed)) {
      try (var all = Files.walk(root)) {
        for (Path path : all.toList()) {
          Files.setAttribute(path, "unix:mode", Files.isDirectory(path) ? folders : files);
        }
      }
    }
  }
}
