// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.GsonBuilder;
import dev.lms.demo.config.Config;
import dev.lms.demo.plan.Demand;
import dev.lms.demo.plan.Machine;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.plan.Workload;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "plan",
    description = "Prints what this machine carries and the arithmetic behind it.",
    footer = {"%nExamples:", "  lmsctl plan", "  lmsctl plan --cpus 4 --ram-mb 2048 --workload io"},
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  /** What a shell offers. */
  static final class WorkloadNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("cpu", "io").iterator();
    }
  }

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Option(names = "--cpus", paramLabel = "N", description = "Processors, not the machine's.")
  private @Nullable Integer cpus;

  @Option(names = "--ram-mb", paramLabel = "MB", description = "Memory, not the machine's.")
  private @Nullable Integer ramMb;

  @Option(names = "--worker-mb", paramLabel = "MB", description = "Memory for each worker.")
  private @Nullable Integer workerMb;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of each worker.")
  private @Nullable Integer threads;

  @Option(names = "--min-workers", paramLabel = "N", description = "At least so many.")
  private int minWorkers = 1;

  @Option(names = "--max-workers", paramLabel = "N", description = "At most so many.")
  private @Nullable Integer maxWorkers;

  @Option(
      names = "--workload",
      completionCandidates = WorkloadNames.class,
      paramLabel = "cpu|io",
      description = "What requests mostly wait for.")
  private @Nullable Workload workload;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Config config = Config.fromSystem();
    Machine machine = machine();
    Demand demand;
    try {
      demand =
          new Demand(
              machine.cpus(),
              machine.ramMb(),
              workerMb != null ? workerMb : config.workers().memoryMb(),
              threads != null ? threads : config.workers().threads(),
              minWorkers,
              maxWorkers != null ? OptionalInt.of(maxWorkers) : OptionalInt.empty(),
              workload != null ? workload : config.workers().workload(),
              config.pageCache().maxMb(),
              OptionalInt.empty(),
              machine.reasons());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
    ResourcePlan plan = ResourcePlan.of(demand);
    System.out.println(json ? toJson(plan) : describe(plan));
    return 0;
  }

  private Machine machine() {
    if (cpus != null && ramMb != null) {
      return new Machine(
          cpus, ramMb, List.of("cpus = %d, ramMb = %d: given".formatted(cpus, ramMb)));
    }
    Machine measured = Machine.measure();
    List<String> reasons = new ArrayList<>(measured.reasons());
    if (cpus != null) {
      reasons.add("cpus = %d: given".formatted(cpus));
    }
    if (ramMb != null) {
      reasons.add("ramMb = %d: given".formatted(ramMb));
    }
    return new Machine(
        cpus != null ? cpus : measured.cpus(), ramMb != null ? ramMb : measured.ramMb(), reasons);
  }

  private static String toJson(ResourcePlan plan) {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(plan);
  }

  private static String describe(ResourcePlan plan) {
    StringBuilder text = new StringBuilder();
    text.append("workers      ").append(plan.workers()).append(" x ").append(plan.threads());
    text.append("\nEach of them:");
    text.append("\n  in flight  ").append(plan.inFlight()).append(" requests at once");
    text.append("\n  queue      ").append(plan.queue()).append(" more may wait");
    text.append("\n  heap       ").append(plan.heapMb()).append(" MB");
    text.append("\n  page cache ").append(plan.pageCacheMb()).append(" MB");
    text.append("\n  Redis pool ").append(plan.redisPool()).append(" connections");
    text.append("\nBecause:");
    for (String reason : plan.reasons()) {
      text.append("\n  ").append(reason);
    }
    return text.toString();
  }
}
