// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourcePlanTest {

  private static Demand demand(int cpus, int ramMb, int workerMb, int threads, Workload workload) {
    return new Demand(
        cpus,
        ramMb,
        workerMb,
        threads,
        1,
        OptionalInt.empty(),
        workload,
        64,
        OptionalInt.empty(),
        List.of("cpus = " + cpus));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 2048, 200, 1, CPU, 9",
    "4, 1024, 200, 1, CPU, 5",
    "4, 1024, 200, 4, CPU, 1",
    "2, 512, 200, 8, CPU, 1",
    "8, 16384, 300, 1, CPU, 17",
    "8, 16384, 300, 2, CPU, 8",
    "4, 8192, 200, 1, IO, 17",
    "1, 100, 200, 1, CPU, 1",
  })
  void workersOfTheContractsTable(
      int cpus, int ramMb, int workerMb, int threads, Workload workload, int workers) {
    ResourcePlan plan = ResourcePlan.of(demand(cpus, ramMb, workerMb, threads, workload));
    assertEquals(workers, plan.workers());
    assertEquals(threads, plan.threads());
  }

  @Test
  void workersStayWithinTheirBounds() {
    Demand plain = demand(4, 2048, 200, 1, Workload.CPU);
    assertEquals(12, ResourcePlan.of(bounded(plain, 12, OptionalInt.empty())).workers());
    assertEquals(3, ResourcePlan.of(bounded(plain, 1, OptionalInt.of(3))).workers());
    assertThrows(IllegalArgumentException.class, () -> bounded(plain, 4, OptionalInt.of(3)));
  }

  private static Demand bounded(Demand of, int min, OptionalInt max) {
    return new Demand(
        of.cpus(),
        of.ramMb(),
        of.workerMb(),
        of.threads(),
        min,
        max,
        of.workload(),
        of.pageCacheMb(),
        of.heapLimitMb(),
        of.machine());
  }

  @ParameterizedTest
  @CsvSource({"200, CPU", "300, CPU", "200, IO", "512, IO"})
  void twoCoresAndOneGigabyteCarry256(int workerMb, Workload workload) {
    ResourcePlan plan = ResourcePlan.of(demand(2, 1024, workerMb, 1, workload));
    assertTrue(plan.inFlight() + plan.queue() >= 256, plan.toString());
  }

  /** Over every machine and demand on a grid: each share is positive and they fit together. */
  @Test
  void everyPlanFitsItsMemory() {
    for (int cpus : new int[] {1, 2, 3, 8, 64, 256}) {
      for (int ramMb : new int[] {64, 128, 256, 512, 1024, 4096, 65_536, 1_000_000}) {
        for (int workerMb : new int[] {1, 64, 100, 200, 300, 1024, 16_384}) {
          for (int threads : new int[] {1, 2, 8, 64}) {
            for (Workload workload : Workload.values()) {
              checkFits(demand(cpus, ramMb, workerMb, threads, workload));
            }
          }
        }
      }
    }
  }

  private static void checkFits(Demand demand) {
    ResourcePlan plan = ResourcePlan.of(demand);
    String both = demand + " -> " + plan;
    assertTrue(plan.workers() >= 1 && plan.inFlight() >= 1 && plan.queue() >= 1, both);
    assertTrue(plan.redisPool() >= 1 && plan.redisPool() <= plan.inFlight(), both);
    assertTrue(plan.redisPool() <= 64, both);
    assertTrue(plan.pageCacheMb() >= 1 && plan.pageCacheMb() <= plan.heapMb() / 4, both);
    long budget = Math.min((long) demand.workerMb() * demand.threads(), demand.ramMb());
    // Below 64 MB there is no JVM to speak of; the smallest heap is given all the same.
    assertTrue(budget < 64 || plan.heapMb() < budget, both);
    long busyKb = plan.inFlight() * 128L + plan.queue() * 32L;
    assertTrue(busyKb / 1024 + plan.pageCacheMb() <= plan.heapMb(), both);
  }

  @Test
  void aHeapThatIsAlreadySmallerRules() {
    Demand of = demand(8, 16_384, 300, 1, Workload.CPU);
    Demand limited =
        new Demand(
            of.cpus(),
            of.ramMb(),
            of.workerMb(),
            of.threads(),
            1,
            OptionalInt.empty(),
            of.workload(),
            64,
            OptionalInt.of(64),
            List.of());
    ResourcePlan plan = ResourcePlan.of(limited);
    assertEquals(64, plan.heapMb());
    assertTrue(plan.inFlight() < ResourcePlan.of(of).inFlight());
    assertEquals(16, plan.pageCacheMb());
  }

  @Test
  void theArithmeticIsToldLineByLine() {
    List<String> reasons = ResourcePlan.of(demand(4, 1024, 200, 4, Workload.CPU)).reasons();
    assertEquals("cpus = 4", reasons.getFirst());
    assertTrue(
        reasons.contains(
            "threads that fit = min(2 x cpus 4 + 1 = 9, ramMb 1024 / workerMb 200 = 5) = 5"),
        reasons.toString());
    assertTrue(reasons.contains("workers = max(min 1, 5 / threads 4) = 1"), reasons.toString());
    for (String figure : List.of("heapMb", "pageCacheMb", "inFlight", "queue", "redisPool")) {
      assertTrue(reasons.stream().anyMatch(r -> r.startsWith(figure + " = ")), figure);
    }
  }

  /** Several share what one has to itself. */
  @Test
  void theMemoryIsToldThatWorkersTakeInAll() {
    assertEquals(
        "memory = heap 120 + 80 for the JVM itself + 24 that several would share = 224 MB",
        ResourcePlan.of(demand(4, 200, 200, 1, Workload.CPU)).reasons().getLast());
    assertEquals(
        "memory = workers 5 x (heap 120 + 80 for the JVM itself) = 1000 MB, and 40 for the"
            + " supervisor",
        ResourcePlan.of(demand(4, 1024, 200, 1, Workload.CPU)).reasons().getLast());
  }

  @Test
  void impossibleDemandsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> demand(0, 1024, 200, 1, Workload.CPU));
    assertThrows(IllegalArgumentException.class, () -> demand(1, 0, 200, 1, Workload.CPU));
    assertThrows(IllegalArgumentException.class, () -> demand(1, 1024, 0, 1, Workload.CPU));
    assertThrows(IllegalArgumentException.class, () -> demand(1, 1024, 200, 0, Workload.CPU));
  }
}
