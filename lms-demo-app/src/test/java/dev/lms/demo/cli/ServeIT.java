// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeIT {

  /** And opens it with what the desktop opens addresses with. */
  @Test
  void saysWhereWhyAndHowMuch(@TempDir Path folder) throws IOException {
    Path opened = folder.resolve("opened");
    Path opener = folder.resolve("xdg-open");
    Files.writeString(opener, "#!/bin/sh\necho \"$1\" > new && mv new " + opened + "\n");
    assertTrue(opener.toFile().setExecutable(true));
    String path = folder + File.pathSeparator + System.getenv("PATH");
    try (WorkerProcess worker = WorkerProcess.serve(Map.of("PATH", path), "--open")) {
      worker.await(() -> Files.exists(opened), "a browser");
      assertEquals("http://127.0.0.1:" + worker.port(), Files.readString(opened).strip());
      worker.awaitOutput("Resource plan: ");
      String output = worker.output();
      assertTrue(
          output.contains(
              "Serving on http://127.0.0.1:" + worker.port() + " (pid " + worker.pid() + ")"),
          output);
      assertTrue(output.contains("lms-admin, instructor, student1 to student9"), output);
      assertTrue(output.contains("Session storage: file ("), output);
    }
  }

  @Test
  void sampleAccountsAreForDevelopmentOnly() {
    Map<String, String> production =
        Map.of(
            "LMS_ENV", "production",
            "LMS_HOST", "127.0.0.1",
            "SECRET_KEY", "0123456789abcdefghijklmnopqrstuv");
    try (WorkerProcess worker = WorkerProcess.serve(production)) {
      worker.awaitOutput("Resource plan: ");
      assertFalse(worker.output().contains("lms-admin"), worker.output());
      assertFalse(worker.output().contains("0123456789"), worker.output());
    }
  }

  @Test
  void sigusr1SwitchesDebugMessagesOnAndOff() throws IOException {
    try (WorkerProcess worker = WorkerProcess.serve(Map.of("LMS_ENV", "testing"))) {
      worker.awaitOutput("Next: open ");
      assertFalse(worker.output().contains("AUDIT key-used signing= "), worker.output());
      assertTrue(worker.output().contains(" AUDIT key-used signing="), worker.output());
      breakOffAForm(worker);
      WorkerProcess.signal(worker.handle(), "USR1");
      worker.awaitOutput("Log level: debug (info after the next SIGUSR1)");
      assertFalse(worker.output().contains("POST /user/login: "), worker.output());
      breakOffAForm(worker);
      worker.awaitOutput("POST /user/login: ");
      WorkerProcess.signal(worker.handle(), "USR1");
      worker.awaitOutput("Log level: info (debug after the next SIGUSR1)");
    }
  }

  /** A tab that is closed while its form is sent: nobody's fault, so told on request only. */
  private static void breakOffAForm(WorkerProcess worker) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), worker.port())) {
      socket.setSoTimeout(30_000);
      write(
          socket, "POST /user/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void sigtermStopsItWithSuccess() {
    try (WorkerProcess worker = WorkerProcess.serve(Map.of("LMS_DRAIN_TIMEOUT", "10"))) {
      assertEquals(0, worker.terminate());
      assertTrue(WorkerProcess.isFree(worker.port()));
    }
  }

  /** A request whose first bytes have arrived is under way, though no handler has seen it. */
  @Test
  void sigtermLetsARequestFinishThatHasBegunToArrive() throws IOException {
    try (WorkerProcess worker = WorkerProcess.serve(Map.of("LMS_DRAIN_TIMEOUT", "30"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), worker.port())) {
      socket.setSoTimeout(30_000);
      // One whole request first: the server has surely taken the connection after it.
      write(socket, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
      byte[] answer = new byte[4096];
      assertTrue(socket.getInputStream().read(answer) > 0);
      write(socket, "GET /livez HTTP/1.1\r\n");
      // The server looks at connections in turn: it answers these once it has seen the one above.
      for (int i = 0; i < 3; i++) {
        try (Socket other = new Socket(InetAddress.getLoopbackAddress(), worker.port())) {
          other.setSoTimeout(30_000);
          write(other, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
          assertTrue(other.getInputStream().read(answer) > 0);
        }
      }
      worker.signalStop();
      WorkerProcess.eventually(() -> refuses(worker.port()), "it stops accepting");
      write(socket, "Host: x\r\n\r\n");
      String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(rest.contains("HTTP/1.1 200"), rest);
      assertEquals(0, worker.awaitEnd());
    }
  }

  /** The server's own limit is 200, read once from a property that must be set early. */
  @Test
  void manyIdleClientsKeepTheirConnections() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try (WorkerProcess worker = WorkerProcess.serve(Map.of())) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 300; i++) {
          if (round == 0) {
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), worker.port()));
            sockets.get(i).setSoTimeout(30_000);
          }
          write(sockets.get(i), "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
          byte[] answer = sockets.get(i).getInputStream().readNBytes(12);
          assertEquals("HTTP/1.1 200", new String(answer, StandardCharsets.US_ASCII));
          awaitBody(sockets.get(i));
        }
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void awaitBody(Socket socket) throws IOException {
    StringBuilder rest = new StringBuilder();
    while (!rest.toString().endsWith("ok\n")) {
      int next = socket.getInputStream().read();
      assertTrue(next >= 0, rest.toString());
      rest.append((char) next);
    }
  }

  @Test
  void aRequestThatNeverEndsIsCut() throws IOException {
    try (WorkerProcess worker = WorkerProcess.serve(Map.of("LMS_REQUEST_TIMEOUT", "1"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), worker.port())) {
      socket.setSoTimeout(30_000);
      write(socket, "GET /livez HTTP/1.1\r\nHost:");
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  private static boolean refuses(int port) {
    try {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  @Test
  void aTakenPortIsOneClearError() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      var finished = WorkerProcess.run(Map.of("LMS_PORT", port), "serve");
      assertEquals(1, finished.exitCode());
      assertEquals(1, finished.errors().lines().count(), finished.errors());
      assertTrue(finished.errors().contains("LMS_PORT " + port), finished.errors());
    }
  }

  @Test
  void badConfigurationIsListedWholeWithoutAStackTrace() {
    var finished =
        WorkerProcess.run(
            Map.of(
                "LMS_ENV", "production",
                "SECRET_KEY", "dev",
                "LMS_PORT", "http",
                "LMS_WROKERS", "2",
                "SESSION_COOKIE_SAMESITE", "sometimes",
                "REDIS_URL", "redis:nowhere"),
            "serve");
    assertEquals(78, finished.exitCode());
    for (String name :
        new String[] {
          "SECRET_KEY", "LMS_PORT=http", "LMS_WROKERS", "SESSION_COOKIE_SAMESITE", "REDIS_URL"
        }) {
      assertTrue(finished.errors().contains("  - " + name), finished.errors());
    }
    assertFalse(finished.errors().contains("\tat "), finished.errors());
    assertEquals("", finished.output());
  }

  @Test
  void aRedisThatIsNotThereIsToldAtStart() {
    try (WorkerProcess worker =
        WorkerProcess.serve(Map.of("SESSION_REDIS_URL", "redis://:hidden@127.0.0.1:1"))) {
      worker.awaitOutput("Problem: sessions' Redis: redis://");
      assertTrue(worker.output().contains("Connection refused; start it"), worker.output());
      assertFalse(worker.output().contains("hidden"), worker.output());
    }
  }
}
