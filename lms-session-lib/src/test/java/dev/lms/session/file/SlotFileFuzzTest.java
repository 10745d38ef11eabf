// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.crypto.Hmac;
import dev.lms.session.fuzz.FuzzTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Session files: what was written with the key, or nothing; either can be gone on with. */
class SlotFileFuzzTest extends FuzzTarget {
  private static final String HANDLE = "handle";
  private static final Instant DEADLINE = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] FIRST = bytes("first");
  private static final byte[] SECOND = bytes("second");
  private static final byte[] LONG = new byte[3000];

  private final SlotFile slots =
      new SlotFile(
          KeyRing.of("a key of the tests, which guards nothing").keys("file").stream()
              .map(Hmac::new)
              .toList());
  private final FileChannel file = temporary();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static FileChannel temporary() {
    try {
      Path path = Files.createTempFile("slots", ".fuzz");
      return FileChannel.open(
          path,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected List<byte[]> binarySeeds() {
    try {
      List<byte[]> seeds = new ArrayList<>();
      seeds.add(new byte[0]);
      for (byte[] content : List.of(FIRST, LONG)) {
        file.truncate(0);
        slots.create(file, HANDLE, DEADLINE, content, SlotFile.FIRST_VERSION);
        seeds.add(all());
        SlotFile.Slot slot = slots.read(file, HANDLE).orElseThrow();
        slots.overwrite(file, HANDLE, slot, DEADLINE, SECOND);
        seeds.add(all());
      }
      return seeds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] all() throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) file.size());
    file.read(all, 0);
    return all.array();
  }

  @Override
  protected void check(byte[] input) {
    try {
      file.truncate(0);
      file.write(ByteBuffer.wrap(input), 0);
      Optional<SlotFile.Slot> read = slots.read(file, HANDLE);
      slots.diagnose(file);
      SlotFile.claimedDeadline(file);
      assertEquals(Optional.empty(), slots.read(file, "x" + HANDLE));
      if (read.isPresent()) {
        goOn(read.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void goOn(SlotFile.Slot slot) throws IOException {
    String content = new String(slot.bytes(), StandardCharsets.US_ASCII);
    assertTrue(
        List.of(text(FIRST), text(SECOND), text(LONG)).contains(content),
        "never written: " + content);
    assertEquals(DEADLINE, slot.deadline());
    slots.overwrite(file, HANDLE, slot, DEADLINE, SECOND);
    SlotFile.Slot next = slots.read(file, HANDLE).orElseThrow();
    assertArrayEquals(SECOND, next.bytes());
    assertEquals(slot.sequence() + 1, next.sequence());
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.US_ASCII);
  }
}
