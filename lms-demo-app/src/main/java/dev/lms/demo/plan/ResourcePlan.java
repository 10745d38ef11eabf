// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * How many workers a machine carries, and what each of them may take on.
 *
 * <p>{@code workers} and {@code threads} are the figures operators of multi-process servers know.
 * One Java process with virtual threads is limited by something else: how many requests it holds in
 * memory at once.
 *
 * @param workers processes that fit the machine
 * @param threads the classical threads of each
 * @param inFlight requests one process handles at once
 * @param queue requests that may wait besides
 * @param heapMb the heap of one process
 * @param redisPool connections of one process to Redis
 * @param pageCacheMb what one process's page cache may hold
 * @param reasons the arithmetic, line by line
 */
public record ResourcePlan(
    int workers,
    int threads,
    int inFlight,
    int queue,
    int heapMb,
    int redisPool,
    int pageCacheMb,
    List<String> reasons) {

  /**
   * What a JVM takes besides its heap: classes, compiled code, the collector, a few stacks.
   * Measured in docs/reference/sizing.md, where it says what compiling takes for a moment.
   */
  private static final int NATIVE_MB = 80;

  /** More of it where no other JVM is there to share it with: its own code, classes, profiles. */
  private static final int SHARED_MB = 24;

  private static final int SUPERVISOR_MB = 40;

  /** What is always on the heap: templates, routes, drivers, statements. */
  private static final int BASE_MB = 24;

  private static final int MIN_HEAP_MB = 32;

  /** A request at work: buffers, its virtual thread's stack, the page as text and as bytes. */
  private static final int REQUEST_KB = 128;

  /** A request that waits: buffers, parsed headers, a parked virtual thread. */
  private static final int WAITING_KB = 32;

  /** More at once on one core only makes each of them slower. */
  private static final int IN_FLIGHT_PER_CPU = 64;

  private static final int MIN_QUEUE = 256;

  /** The plan for {@code demand}: arithmetic, nothing is measured here. */
  public static ResourcePlan of(Demand demand) {
    List<String> reasons = new ArrayList<>(demand.machine());
    int workers = workers(demand, reasons);
    int heap = heap(demand, reasons);

    int pageCache = Math.max(1, Math.min(demand.pageCacheMb(), heap / 4));
    reasons.add(
        "pageCacheMb = min(CACHE_MAX_MB %d, heap / 4 = %d) = %d"
            .formatted(demand.pageCacheMb(), heap / 4, pageCache));

    int roomMb = Math.max(heap / 8, (heap - pageCache - BASE_MB) / 2);
    reasons.add(
        "room for requests = (heap %d - page cache %d - base %d) / 2, half for the collector = %d MB"
            .formatted(heap, pageCache, BASE_MB, roomMb));

    int perCpu = IN_FLIGHT_PER_CPU * demand.workload().perCpu() / Workload.CPU.perCpu();
    int byMemory = Math.max(1, (int) Math.min(Integer.MAX_VALUE, roomMb * 1024L / REQUEST_KB));
    int byCpu = (int) Math.min(Integer.MAX_VALUE, (long) demand.cpus() * perCpu);
    int inFlight = Math.min(byMemory, byCpu);
    reasons.add(
        "inFlight = min(room %d MB / %d KB = %d, cpus %d x %d = %d) = %d"
            .formatted(roomMb, REQUEST_KB, byMemory, demand.cpus(), perCpu, byCpu, inFlight));

    long leftKb = roomMb * 1024L - (long) inFlight * REQUEST_KB;
    int queueByMemory = (int) Math.max(16, leftKb / WAITING_KB);
    int queueWanted = Math.max(MIN_QUEUE, 2 * inFlight);
    int queue = Math.min(queueByMemory, queueWanted);
    reasons.add(
        "queue = min(left %d KB / %d KB = %d, max(%d, 2 x inFlight)) = %d"
            .formatted(Math.max(0, leftKb), WAITING_KB, queueByMemory, MIN_QUEUE, queue));

    int redisPool = Math.min(inFlight, Math.clamp(4L * demand.cpus(), 8, 64));
    reasons.add(
        "redisPool = 4 x cpus, from 8 to 64, at most inFlight = %d: a connection is busy for one"
                .formatted(redisPool)
            + " round trip, so cores bound its use, not requests");
    reasons.add(memory(workers, heap));

    return new ResourcePlan(
        workers,
        demand.threads(),
        inFlight,
        queue,
        heap,
        redisPool,
        pageCache,
        List.copyOf(reasons));
  }

  private static String memory(int workers, int heap) {
    return workers == 1
        ? "memory = heap %d + %d for the JVM itself + %d that several would share = %d MB"
            .formatted(heap, NATIVE_MB, SHARED_MB, heap + NATIVE_MB + SHARED_MB)
        : "memory = workers %d x (heap %d + %d for the JVM itself) = %d MB, and %d for the supervisor"
            .formatted(
                workers, heap, NATIVE_MB, workers * (long) (heap + NATIVE_MB), SUPERVISOR_MB);
  }

  private static int workers(Demand demand, List<String> reasons) {
    int factor = demand.workload().perCpu();
    long byCpu = (long) factor * demand.cpus() + 1;
    long byMemory = demand.ramMb() / demand.workerMb();
    long threads = Math.min(byCpu, byMemory);
    reasons.add(
        "threads that fit = min(%d x cpus %d + 1 = %d, ramMb %d / workerMb %d = %d) = %d"
            .formatted(
                factor,
                demand.cpus(),
                byCpu,
                demand.ramMb(),
                demand.workerMb(),
                byMemory,
                threads));
    long workers = Math.max(demand.minWorkers(), threads / demand.threads());
    if (demand.maxWorkers().isPresent()) {
      workers = Math.min(demand.maxWorkers().getAsInt(), workers);
    }
    reasons.add(
        "workers = max(min %d, %d / threads %d)%s = %d"
            .formatted(
                demand.minWorkers(),
                threads,
                demand.threads(),
                demand.maxWorkers().isPresent()
                    ? ", at most " + demand.maxWorkers().getAsInt()
                    : "",
                workers));
    return (int) Math.min(Integer.MAX_VALUE, workers);
  }

  private static int heap(Demand demand, List<String> reasons) {
    long memory = Math.min((long) demand.workerMb() * demand.threads(), demand.ramMb());
    // A small worker gives half to its heap: the JVM's own needs shrink with what it serves.
    long heap = Math.max(memory / 2, memory - NATIVE_MB);
    heap = Math.clamp(heap, MIN_HEAP_MB, Integer.MAX_VALUE);
    reasons.add(
        "heapMb = max(half, less %d for the JVM itself) of min(workerMb x threads, ramMb) = %d MB, at"
                .formatted(NATIVE_MB, memory)
            + " least %d = %d".formatted(MIN_HEAP_MB, heap));
    if (demand.heapLimitMb().isPresent() && demand.heapLimitMb().getAsInt() < heap) {
      heap = Math.max(1, demand.heapLimitMb().getAsInt());
      reasons.add("heapMb = %d: this JVM was started with no more".formatted(heap));
    }
    return (int) heap;
  }
}
