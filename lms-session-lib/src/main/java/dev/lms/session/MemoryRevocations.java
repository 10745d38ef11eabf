package dev.lms.session;

import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A revocation list for one process. Bounded by the sign-outs of one absolute lifetime. */
public final class MemoryRevocations implements Revocations {
  private static final int SWEEP_EVERY = 1024;

  private final ConcurrentMap<String, Instant> until = new ConcurrentHashMap<>();
  private final AtomicInteger revoked = new AtomicInteger();

  /** An empty list. */
  public MemoryRevocations() {}

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    boolean first = this.until.putIfAbsent(handle, until) == null;
    if (revoked.incrementAndGet() % SWEEP_EVERY == 0) {
      this.until.values().removeIf(end -> end.isBefore(now));
    }
    return first;
  }

  @Override
  public boolean isRevoked(String handle) {
    return until.containsKey(handle);
  }
}
