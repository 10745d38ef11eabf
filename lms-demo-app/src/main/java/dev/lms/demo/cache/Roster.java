// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.config.Config;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The workers that use this data folder, whoever started them: each leaves a note there while it
 * runs. What a worker that was killed left behind is not believed, and taken away. Thread-safe.
 */
public final class Roster {
  private static final System.Logger LOG = System.getLogger(Roster.class.getName());

  private final Path folder;
  private final Config config;

  /** In the data folder of this configuration. */
  public Roster(Config config) {
    this.folder = config.dataDir().resolve("workers");
    this.config = config;
  }

  /**
   * A worker.
   *
   * @param port where it serves pages
   * @param operators where it answers operators
   * @param key the mark of the secret key that it signs with
   */
  public record Worker(long pid, int port, int operators, String key) {
    private static Worker of(JsonObject json) {
      return new Worker(
          json.get("pid").getAsLong(),
          json.get("port").getAsInt(),
          json.get("operators").getAsInt(),
          json.get("key").getAsString());
    }

    private JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("pid", pid);
      json.addProperty("port", port);
      json.addProperty("operators", operators);
      json.addProperty("key", key);
      return json;
    }
  }

  /** Says that this process serves on a port. */
  public void enter(int port) {
    int operators = config.web().managementPort().orElse(port);
    Worker self =
        new Worker(ProcessHandle.current().pid(), port, operators, config.secrets().mark());
    try {
      Files.createDirectories(folder);
      Path written =
          Files.writeString(folder.resolve(self.pid() + ".new"), self.toJson().toString());
      Files.move(written, note(self.pid()), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot write to {0}: {1}", folder, e);
    }
  }

  /** Says that it does not any more. */
  public void leave() {
    try {
      Files.deleteIfExists(note(ProcessHandle.current().pid()));
    } catch (IOException e) {
      // Its process is looked for before anybody believes it.
    }
  }

  private Path note(long pid) {
    return folder.resolve(pid + ".json");
  }

  /** Those whose processes run, by their ports. */
  public List<Worker> workers() {
    List<Worker> workers = new ArrayList<>();
    try (Stream<Path> notes = Files.list(folder)) {
      for (Path note : notes.filter(file -> file.toString().endsWith(".json")).toList()) {
        read(note).ifPresent(workers::add);
      }
    } catch (IOException e) {
      // Nobody has left a note yet.
    }
    workers.sort(Comparator.comparingInt(Worker::port));
    return workers;
  }

  private static Optional<Worker> read(Path note) {
    try {
      Worker worker = Worker.of(JsonParser.parseString(Files.readString(note)).getAsJsonObject());
      if (ProcessHandle.of(worker.pid()).filter(ProcessHandle::isAlive).isEmpty()) {
        Files.deleteIfExists(note);
        return Optional.empty();
      }
      return Optional.of(worker);
    } catch (IOException | RuntimeException e) { // Nothing that a worker of this version wrote.
      return Optional.empty();
    }
  }

  /** Where a worker answers operators. */
  public URI address(Worker worker) {
    return Workers.at(config.web().host(), worker.operators());
  }
}
