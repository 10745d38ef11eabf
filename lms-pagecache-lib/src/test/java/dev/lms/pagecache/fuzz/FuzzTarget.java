// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What must hold for any input of code that takes apart what comes from outside. Each build tries
 * seeds and random mutations of them; the long one also what a coverage-guided fuzzer finds.
 *
 * <p>Work is bounded without looking at a clock: no input may allocate more than in proportion to
 * its length, and inputs that are long and monotonous, which quadratic work takes minutes for, must
 * come to an end at all.
 *
 * <p>Seeds are in {@code /fuzz} under the simple name of the class, one a line, with {@code \n} and
 * {@code \xNN} for what does not stand in a line. The property {@code fuzz.seed} repeats a run.
 */
public abstract class FuzzTarget {
  private static final int MUTATIONS = 3_000;
  private static final int LONGEST = 4096;
  private static final int PUMPED = 200_000;
  private static final long FREE_BYTES = 8 << 20;
  private static final long BYTES_A_BYTE = 2_000;

  private static final byte[] TELLING =
      "\0\t\n\r \"%&'()*+,-./0:;<=>?@[\\]_{|}~\u007f\u0080\u0085\u00a0\u00e9\u00ff"
          .getBytes(StandardCharsets.ISO_8859_1);

  private final long seed = Long.getLong("fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** Throws if something does not hold for this input. */
  protected abstract void check(byte[] input);

  /** Seeds that no line of text holds. */
  protected List<byte[]> binarySeeds() {
    return List.of();
  }

  /** Whether {@link #check} is itself linear, so that long inputs can be tried. */
  protected boolean takesLongInputs() {
    return true;
  }

  /** As header fields are decoded. */
  protected static String latin1(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }

  protected static String utf8(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  @Test
  protected final void holdsForMutationsOfSeeds() {
    System.out.println(getClass().getSimpleName() + ": -Dfuzz.seed=" + seed);
    List<byte[]> seeds = seeds();
    seeds.forEach(this::run);
    for (int i = 0; i < MUTATIONS; i++) {
      run(mutated(seeds));
    }
  }

  @Test
  protected final void longInputsComeToAnEnd() {
    if (!takesLongInputs()) {
      return;
    }
    List<byte[]> pumped = new ArrayList<>();
    for (byte[] one : seeds()) {
      int from = random.nextInt(one.length + 1);
      int to = from + random.nextInt(one.length + 1 - from);
      byte[] piece = Arrays.copyOfRange(one, from, to);
      pumped.add(joined(before(one, from), times(piece, PUMPED), after(one, to)));
    }
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> pumped.forEach(this::run));
  }

  @Test
  @Tag("long")
  protected final void holdsForWhatTheFuzzerFinds() throws Exception {
    Jazzer.run(getClass(), seeds());
  }

  /** Checks an input and tells it if something does not hold. */
  final void run(byte[] input) {
    long most = FREE_BYTES + BYTES_A_BYTE * input.length;
    // Once more, for what was loaded or compiled on the way is no work of the input.
    long bytes = allocatedFor(input) <= most ? 0 : allocatedFor(input);
    assertTrue(bytes <= most, () -> bytes + " bytes allocated, " + told(input));
  }

  private long allocatedFor(byte[] input) {
    long before = allocated();
    try {
      check(input);
    } catch (Throwable e) {
      throw new AssertionError(told(input), e);
    }
    return allocated() - before;
  }

  private String told(byte[] input) {
    String written = Seeds.written(before(input, Math.min(LONGEST, input.length)));
    return "seed " + seed + ", " + input.length + " bytes: " + written;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>(binarySeeds());
    String name = "/fuzz/" + getClass().getSimpleName() + ".txt";
    try (InputStream lines = FuzzTarget.class.getResourceAsStream(name)) {
      if (lines != null) {
        seeds.addAll(Seeds.read(utf8(lines.readAllBytes())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertFalse(seeds.isEmpty(), "no seeds in " + name);
    return seeds;
  }

  private byte[] mutated(List<byte[]> seeds) {
    byte[] bytes = any(seeds);
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      bytes = mutatedOnce(bytes, seeds);
    }
    return before(bytes, Math.min(LONGEST, bytes.length));
  }

  private byte[] mutatedOnce(byte[] bytes, List<byte[]> seeds) {
    int at = random.nextInt(bytes.length + 1);
    int to = at + random.nextInt(Math.min(16, bytes.length - at) + 1);
    byte[] piece = Arrays.copyOfRange(bytes, at, to);
    byte[] other = any(seeds);
    return switch (random.nextInt(7)) {
      case 0 -> joined(before(bytes, at), after(bytes, to));
      case 1 -> joined(before(bytes, at), anyBytes(), after(bytes, to));
      case 2 -> joined(before(bytes, at), telling(), after(bytes, at));
      case 3 -> joined(before(bytes, at), telling(), after(bytes, Math.min(at + 1, bytes.length)));
      case 4 ->
          joined(before(bytes, at), piece, times(piece, random.nextInt(200)), after(bytes, at));
      case 5 -> joined(before(bytes, at), after(other, random.nextInt(other.length + 1)));
      default -> flipped(bytes, at);
    };
  }

  private byte[] any(List<byte[]> seeds) {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] anyBytes() {
    byte[] bytes = new byte[1 + random.nextInt(4)];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] telling() {
    return new byte[] {TELLING[random.nextInt(TELLING.length)]};
  }

  private byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    if (at < bytes.length) {
      flipped[at] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static byte[] before(byte[] bytes, int end) {
    return Arrays.copyOf(bytes, end);
  }

  private static byte[] after(byte[] bytes, int begin) {
    return Arrays.copyOfRange(bytes, begin, bytes.length);
  }

  /** Repeated up to this length. */
  private static byte[] times(byte[] piece, int length) {
    byte[] all = new byte[piece.length == 0 ? 0 : length];
    for (int i = 0; i < all.length; i++) {
      all[i] = piece[i % piece.length];
    }
    return all;
  }

  private static byte[] joined(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(Objects.requireNonNull(piece));
    }
    return all.toByteArray();
  }
}
