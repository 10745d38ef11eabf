package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;

/** Where the answer of a {@link LaterRequest} goes: nobody waits for it. */
final class Nowhere implements PageAnswer {
  @Override
  public List<String> lines(String name) {
    return List.of();
  }

  @Override
  public Set<String> names() {
    return Set.of();
  }

  @Override
  public void set(String name, String line) {}

  @Override
  public void replace(String name, List<String> lines) {}

  @Override
  public void add(String name, String line) {}

  @Override
  public void remove(String name) {}

  /** Only called for what is not held back until it is whole. */
  @Override
  public OutputStream begin(int status, long length) throws IOException {
    throw new IOException("This answer cannot be stored, and in the background nobody gets it");
  }

  @Override
  public void end() {
    // The request's own answer was ended when it was sent.
  }

  @Override
  public void cutOff() {}
}
