// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  private static final long MB = 1024 * 1024;

  @TempDir Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private Machine machine(int processors, long availableMb, String... membership)
      throws IOException {
    Path own = Files.writeString(root.resolve("membership"), String.join("\n", membership) + "\n");
    return Machine.of(processors, availableMb * MB, Cgroup.in(root, own));
  }

  @Test
  void linuxSaysWhatIsAvailable() throws IOException {
    file("meminfo", "MemTotal:  2000 kB\nMemFree:  10 kB\nMemAvailable:    1234 kB\n");
    assertEquals(1234 * 1024, Machine.availableBytes(root.resolve("meminfo")));
  }

  @Test
  void elsewhereTheLibraryDoes() throws IOException {
    file("meminfo", "MemTotal:  2000 kB\n");
    for (String name : new String[] {"meminfo", "none"}) {
      assertTrue(Machine.availableBytes(root.resolve(name)) > MB, name);
    }
  }

  @Test
  void withoutLimitsTheMachineRules() throws IOException {
    Machine machine = machine(4, 2048);
    assertEquals(4, machine.cpus());
    assertEquals(2048, machine.ramMb());
    Machine noSuchThing =
        Machine.of(4, 2048 * MB, Cgroup.in(root.resolve("none"), root.resolve("nothing")));
    assertEquals(4, noSuchThing.cpus());
    assertEquals(2048, noSuchThing.ramMb());
  }

  @Test
  void versionTwoLimitsCountWithoutInactiveFilePages() throws IOException {
    file("memory.max", Long.toString(1024 * MB));
    file("memory.current", Long.toString(700 * MB));
    file("memory.stat", "anon 1\ninactive_file " + 500 * MB + "\nactive_file 9");
    file("cpu.max", "250000 100000");
    Machine machine = machine(8, 20_000, "0::/");
    assertEquals(2, machine.cpus());
    assertEquals(824, machine.ramMb());
    assertTrue(machine.reasons().getFirst().contains("2.500 of 8"), machine.reasons().toString());
  }

  @Test
  void versionOneLimitsToo() throws IOException {
    file("memory/docker/x/memory.limit_in_bytes", Long.toString(512 * MB));
    file("memory/docker/x/memory.usage_in_bytes", Long.toString(300 * MB));
    file("memory/docker/x/memory.stat", "inactive_file 7\ntotal_inactive_file " + 100 * MB);
    file("cpu,cpuacct/docker/x/cpu.cfs_quota_us", "100000");
    file("cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000");
    Machine machine =
        machine(4, 20_000, "5:memory:/docker/x", "4:cpu,cpuacct:/docker/x", "1:name=systemd:/");
    assertEquals(1, machine.cpus());
    assertEquals(312, machine.ramMb());
  }

  @Test
  void inAContainerTheHostsPathMayBeMissing() throws IOException {
    file("memory/memory.limit_in_bytes", Long.toString(512 * MB));
    file("memory/memory.usage_in_bytes", "0");
    assertEquals(512, machine(4, 20_000, "5:memory:/docker/on-the-host").ramMb());
  }

  @Test
  void theNarrowestGroupRules() throws IOException {
    file("a/memory.max", Long.toString(400 * MB));
    file("a/memory.current", Long.toString(100 * MB));
    file("a/b/memory.max", "max");
    file("a/b/memory.current", Long.toString(50 * MB));
    file("a/cpu.max", "100000 100000");
    file("a/b/cpu.max", "max 100000");
    Machine machine = machine(4, 20_000, "0::/a/b");
    assertEquals(300, machine.ramMb());
    assertEquals(1, machine.cpus());
  }

  @Test
  void noLimitIsNoLimit() throws IOException {
    file("memory/memory.limit_in_bytes", "9223372036854771712");
    file("memory/memory.usage_in_bytes", "123");
    file("cpu/cpu.cfs_quota_us", "-1");
    file("cpu/cpu.cfs_period_us", "100000");
    Machine machine = machine(4, 2000, "5:memory:/", "4:cpu:/");
    assertEquals(2000, machine.ramMb());
    assertEquals(4, machine.cpus());
  }

  @Test
  void lessAvailableThanTheLimitRules() throws IOException {
    file("memory.max", Long.toString(4096 * MB));
    file("memory.current", "0");
    assertEquals(300, machine(4, 300, "0::/").ramMb());
  }

  @Test
  void anythingAtAllIsAtLeastOne() throws IOException {
    file("memory.max", Long.toString(10 * MB));
    file("memory.current", Long.toString(20 * MB));
    file("cpu.max", "10000 100000");
    Machine machine = machine(4, 20_000, "0::/");
    assertEquals(1, machine.cpus());
    assertEquals(1, machine.ramMb());
  }

  @Test
  void thisMachineCanBeMeasured() {
    Machine machine = Machine.measure();
    assertTrue(machine.cpus() >= 1 && machine.cpus() <= Runtime.getRuntime().availableProcessors());
    assertTrue(machine.ramMb() >= 1);
    assertEquals(2, machine.reasons().size());
  }
}
