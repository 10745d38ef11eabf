// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Sessions in files, beside files that nothing protects (no lock, no MAC, no second slot) and
 * beside Jetty's file store. Nobody forces anything to disk.
 */
// JMH fills the fields by @Setup.
@SuppressWarnings("NullAway.Init")
public class FileBenchmark extends StoreBenchmark {
  private static final int SHARDS = 256;

  private final Value sample = Value.sample();
  private Path folder;
  private int thread;
  private int created;
  private Path file;
  private JettyFiles jetty;
  private String jettyId;
  private Sessions ticking;
  private List<String> tickingCookie;

  /** The folder of all threads: a new one each time, because creating fills it. */
  @State(Scope.Benchmark)
  public static class Shared {
    private final AtomicInteger threads = new AtomicInteger();
    private Path folder;
    private SessionStore store;
    private Sessions sessions;
    private JettyFiles jetty;

    @Setup(Level.Iteration)
    public void open() throws Exception {
      folder = Files.createTempDirectory("lms-benchmark");
      store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
      sessions = sessions(store);
      jetty = new JettyFiles(Files.createDirectory(folder.resolve("jetty")));
      for (int shard = 0; shard < SHARDS; shard++) {
        Files.createDirectories(folder.resolve("raw").resolve(Integer.toString(shard)));
      }
    }

    @TearDown(Level.Iteration)
    public void delete() throws Exception {
      store.close();
      jetty.close();
      try (Stream<Path> found = Files.walk(folder)) {
        List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
        for (Path path : deepestFirst) {
          Files.delete(path);
        }
      }
    }
  }

  @Setup(Level.Iteration)
  public void begin(Shared shared) throws Exception {
    thread = shared.threads.incrementAndGet();
    begin(shared.sessions, thread);
    folder = shared.folder.resolve("raw");
    file = createRaw();
    ticking = Ticks.sessions(shared.store);
    tickingCookie = List.of(create(ticking));
    jetty = shared.jetty;
    jettyId = createJetty();
  }

  /** Opened, read and closed. */
  @Benchmark
  public long readRaw() throws IOException {
    return readFile(file);
  }

  final long readFile(Path file) throws IOException {
    return Value.decode(Files.readAllBytes(file)).read();
  }

  /** Read, and overwritten in place. */
  @Benchmark
  public long changeRaw() throws IOException {
    Value value = Value.decode(Files.readAllBytes(file));
    long next = next(value.counter());
    value.fields().put(Sample.COUNTER, Long.toString(next));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      // The counter only grows, so nothing of the old text is left at the end.
      channel.write(ByteBuffer.wrap(value.encode()));
    }
    return next;
  }

  /** A new file, in as many folders as the store has. */
  @Benchmark
  public Path createRaw() throws IOException {
    int number = created++;
    Path path = folder.resolve(Integer.toString(number % SHARDS)).resolve(thread + "-" + number);
    return Files.write(path, sample.encode(), StandardOpenOption.CREATE_NEW);
  }

  /** A read-only request whose touch is due: loaded, looked at, its new deadline stored. */
  @Benchmark
  public long touch() {
    return touch(ticking, tickingCookie);
  }

  /** A touch in Jetty, which deletes the file and makes one of another name. */
  @Benchmark
  public long touchJetty() throws Exception {
    return jetty.touch(jettyId);
  }

  /** A new session of Jetty's. */
  @Benchmark
  public String createJetty() throws Exception {
    return jetty.create(thread + "n" + created++, Ticks.LONG_LIFE.sliding().toMillis());
  }

  final long readJetty(String id) throws Exception {
    return jetty.read(id);
  }
}
