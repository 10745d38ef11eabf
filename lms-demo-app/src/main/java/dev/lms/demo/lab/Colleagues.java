package dev.lms.demo.lab;

import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The workers of this site that run now, whoever started them. Each says in the data folder, which
 * they share, on which port it serves; whether it still does, it is asked. Thread-safe.
 */
final class Colleagues {
  private static final System.Logger LOG = System.getLogger(Colleagues.class.getName());

  private final Path folder;
  private final String host;
  private final Exchange exchange;

  Colleagues(Config config, Exchange exchange) {
    this.folder = config.dataDir().resolve("lab").resolve("workers");
    this.host = config.web().host();
    this.exchange = exchange;
  }

  /** Says that this process serves on a port. */
  void announce(int port) {
    try {
      Files.createDirectories(folder);
      Files.writeString(own(), Integer.toString(port));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the lab cannot write to {0}: {1}", folder, e);
    }
  }

  /** Says that it does not any more. */
  void withdraw() {
    try {
      Files.deleteIfExists(own());
    } catch (IOException e) {
      // It is asked before anybody believes it.
    }
  }

  private Path own() {
    return folder.resolve(Long.toString(ProcessHandle.current().pid()));
  }

  /** Those that answer, this one among them, by their ports. */
  List<LabWorker> live() {
    List<LabWorker> live = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        read(file).filter(this::answers).ifPresent(live::add);
      }
    } catch (IOException e) {
      // Nobody has said anything yet.
    }
    live.sort(Comparator.comparingInt(LabWorker::port));
    return live;
  }

  private Optional<LabWorker> read(Path file) {
    try {
      long pid = Long.parseLong(file.getFileName().toString());
      int port = Integer.parseInt(Files.readString(file).strip());
      if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
        Files.deleteIfExists(file);
        return Optional.empty();
      }
      return Optional.of(new LabWorker(pid, Workers.at(host, port)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // Gone, or not written to the end.
    }
  }

  private boolean answers(LabWorker worker) {
    try {
      return exchange.whoIs(worker.address()).equals(Long.toString(worker.pid()));
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
