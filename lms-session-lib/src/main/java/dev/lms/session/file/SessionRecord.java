// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Envelope;
import dev.lms.session.store.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What is in a session's file, apart from a forward: the session, and with it the group of its
 * token, so that other stores can name it; or, behind a 0 with which no session begins, what says
 * that it is on its way to another store, is there, or ended.
 */
final class SessionRecord {
  private static final byte NO_SESSION = 0;
  private static final byte TAKEN = 'T';
  private static final byte LEFT = 'L';
  private static final byte ENDED = 'E';

  private SessionRecord() {}

  static byte[] encode(Envelope envelope, Map<String, String> attributes, String group) {
    return RecordCodec.encode(new RecordCodec.Content(envelope, attributes, Optional.of(group)));
  }

  /** The group of the session's token; empty if a program of before wrote it. */
  static Optional<String> group(SlotFile.Slot slot) {
    if (hasLeft(slot)) {
      String group = StandardCharsets.US_ASCII.decode(inside(slot)).toString();
      return Optional.of(group).filter(name -> !name.isEmpty());
    }
    return RecordCodec.decode(content(slot)).flatMap(RecordCodec.Content::group);
  }

  static byte[] taken(byte[] session) {
    byte[] content = new byte[2 + session.length];
    content[0] = NO_SESSION;
    content[1] = TAKEN;
    System.arraycopy(session, 0, content, 2, session.length);
    return content;
  }

  /** A session, also one that is on its way to another store. */
  static ByteBuffer content(SlotFile.Slot slot) {
    return isTaken(slot) ? inside(slot) : slot.content();
  }

  private static ByteBuffer inside(SlotFile.Slot slot) {
    byte[] bytes = slot.bytes();
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, 2, bytes.length));
  }

  /** The mark of a session that another store has; with the group, for what still leads to it. */
  static byte[] left(String group) {
    byte[] name = group.getBytes(StandardCharsets.US_ASCII);
    byte[] content = new byte[2 + name.length];
    content[0] = NO_SESSION;
    content[1] = LEFT;
    System.arraycopy(name, 0, content, 2, name.length);
    return content;
  }

  static byte[] ended() {
    return new byte[] {NO_SESSION, ENDED};
  }

  private static boolean says(SlotFile.Slot slot, byte what) {
    ByteBuffer content = slot.content();
    return content.remaining() >= 2 && content.get() == NO_SESSION && content.get() == what;
  }

  static boolean isTaken(SlotFile.Slot slot) {
    return says(slot, TAKEN);
  }

  static boolean hasLeft(SlotFile.Slot slot) {
    return says(slot, LEFT);
  }

  /** Whether another store has the session, or is about to. */
  static boolean hasMoved(SlotFile.Slot slot) {
    return isTaken(slot) || hasLeft(slot);
  }

  /** Whether a session is gone for good, or to another store, and that is all there is to say. */
  static boolean isMark(SlotFile.Slot slot) {
    return hasLeft(slot) || says(slot, ENDED);
  }

  static boolean isSession(SlotFile.Slot slot) {
    return slot.content().hasRemaining() && slot.content().get() != NO_SESSION;
  }

  /** Whether it is nothing that this program writes. */
  static boolean isUnknown(SlotFile.Slot slot) {
    return !isTaken(slot) && !isMark(slot) && SessionFiles.forward(slot).isEmpty();
  }
}
