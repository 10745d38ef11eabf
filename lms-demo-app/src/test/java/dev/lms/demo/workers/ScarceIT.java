// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped site when memory, descriptors or the disk run short, by somebody's fault or not. */
class ScarceIT {
  private static final InetAddress ATTACKER = InetAddress.ofLiteral("127.0.0.2");

  /** In a mount namespace of its own: nobody else sees this disk, and it ends with the process. */
  private static final String ON_A_SMALL_DISK =
      "mount -t tmpfs -o size=24m,mode=700 none \"$0\" && exec \"$@\"";

  @TempDir Path folder;

  private static Socket connect(InetAddress from, int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    return socket;
  }

  private static int status(int port) {
    return new Browser(URI.create("http://127.0.0.1:" + port)).get("/course/explore").status();
  }

  /** With 360 KB of each of 250 connections a worker of the plan's heap would be out of memory. */
  @Test
  void headersWithoutEndTakeNoWorkersMemory() throws IOException {
    int port = WorkerProcess.freePorts(2);
    List<Socket> sockets = new ArrayList<>();
    try (WorkerProcess site =
        WorkerProcess.serve(Map.of("LMS_PORT", Integer.toString(port)), "--workers", "2")) {
      for (int each = port; each < port + 2; each++) {
        URI livez = URI.create("http://127.0.0.1:" + each + "/livez");
        site.await(() -> WorkerProcess.answers(livez), "an answer of each worker");
      }
      List<ProcessHandle> workers = site.handle().children().toList();
      for (int i = 0; i < 250; i++) {
        sockets.add(unfinished(port + i % 2));
        if (i % 50 == 0) {
          assertEquals(200, status(port));
          assertEquals(200, status(port + 1));
        }
      }
      assertEquals(workers, site.handle().children().toList(), site::output);
      Browser operator = new Browser(URI.create("http://127.0.0.1:" + port));
      Matcher closed =
          Pattern.compile("lms_connections_closed_total\\{reason=\"headers\"} (\\d+)")
              .matcher(operator.get("/metrics").body());
      assertTrue(closed.find() && Integer.parseInt(closed.group(1)) > 0);
      site.awaitOutput("beyond LMS_MAX_HEADER_KB");
      assertFalse(site.output().contains("OutOfMemory"), site::output);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Socket unfinished(int port) throws IOException {
    Socket socket = connect(ATTACKER, port);
    try {
      OutputStream out = socket.getOutputStream();
      out.write("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 36; i++) {
        String field = "X-" + i + ": " + "a".repeat(10_000) + "\r\n";
        out.write(field.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      // Closed while they came, which is what is asked of the server.
    }
    return socket;
  }

  /** Other files than connections may take them, so a bound of connections alone does not help. */
  @Test
  void withoutDescriptorsItSaysSoAndServesOnceThereAreSome() throws Exception {
    try (WorkerProcess site = WorkerProcess.serve(Map.of())) {
      assertEquals(200, status(site.port()));
      long open;
      try (var files = Files.list(Path.of("/proc/" + site.pid() + "/fd"))) {
        open = files.count();
      }
      limit(site, open + 3);
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        sockets.add(connect(ATTACKER, site.port()));
      }
      site.awaitOutput("cannot accept connections: ");
      limit(site, open + 500);
      assertEquals(200, status(site.port()));
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void limit(WorkerProcess site, long descriptors) throws Exception {
    Process limiting =
        new ProcessBuilder("prlimit", "--pid", "" + site.pid(), "--nofile=" + descriptors + ":")
            .inheritIO()
            .start();
    assertTrue(limiting.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, limiting.exitValue());
  }

  @Test
  void onAFullDiskPagesAreServedAndNothingIsHalfSaved() throws Exception {
    List<String> onASmallDisk = smallDisk();
    try (WorkerProcess site =
        WorkerProcess.serveInside(
            onASmallDisk, Map.of("LMS_DATA_DIR", folder.resolve("data").toString()))) {
      Browser teacher = new Browser(site.uri("/"));
      assertEquals(303, teacher.signIn("instructor").status());
      String course = "/course/py101";
      Answer form = teacher.get(course + "/admin");
      assertEquals(200, form.status());
      // Nothing the site itself sees is written here: only its own process sees this disk.
      Path disk = Path.of("/proc/" + site.pid() + "/root" + folder);
      Path filler = fill(disk);
      Map<String, String> edit =
          Map.of("csrf_token", form.token(), "description", "Of a full disk. ".repeat(500));
      Answer refused = teacher.post(course + "/edit", edit);
      assertEquals(503, refused.status());
      assertTrue(refused.body().contains("disk of this site is full"), refused.body());
      Browser stranger = new Browser(site.uri("/"));
      for (String page : List.of("/", "/course/explore", "/program/explore", course + "/view")) {
        Answer shown = stranger.get(page);
        assertEquals(200, shown.status(), page);
        assertFalse(shown.body().contains("Of a full disk."), page);
      }
      Files.delete(filler);
      assertEquals(303, teacher.post(course + "/edit", edit).status());
      assertTrue(stranger.get(course + "/view").body().contains("Of a full disk."));
      assertFalse(site.output().contains("\tat "), site::output);
    }
    assertTrue(Files.notExists(folder.resolve("data")), "it was on a disk of its own");
  }

  /** Root may mount; others in a user namespace, where the system allows it. */
  private List<String> smallDisk() throws Exception {
    for (List<String> unshare :
        List.of(List.of("unshare", "-m"), List.of("unshare", "--map-root-user", "-m"))) {
      List<String> command = new ArrayList<>(unshare);
      command.addAll(List.of("sh", "-c", ON_A_SMALL_DISK, folder.toString()));
      List<String> tried = new ArrayList<>(command);
      tried.add("true");
      if (new ProcessBuilder(tried).start().waitFor() == 0) {
        return command;
      }
    }
    throw new AssertionError(
        "this test needs a small disk, which only root may mount, or anybody where the system"
            + " allows user namespaces: unshare --map-root-user -m true");
  }

  private static Path fill(Path disk) throws IOException {
    Path filler = disk.resolve("filler");
    byte[] some = new byte[4096];
    IOException full = null;
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (full == null) {
        try {
          out.write(some);
        } catch (IOException e) {
          full = e;
        }
      }
    }
    assertNotEquals(0, Files.size(filler));
    return filler;
  }
}
