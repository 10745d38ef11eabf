// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

/** {@code rediss://}: a certificate that is not trusted, or another host's, is refused. */
class RedisTlsTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());

  @TempDir private Path folder;

  @AfterEach
  void trustAsBefore() {
    TlsKeys.trustAsBefore();
  }

  private TlsKeys keys(String name) throws Exception {
    return TlsKeys.make(folder, name);
  }

  private static void useSessions(int port) {
    try (UnifiedJedis client = RedisConnections.open("rediss://127.0.0.1:" + port, 2)) {
      SessionStore store = new RedisSessionStore(client, KEYS, "session:");
      String token =
          store
              .create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, NOW.plusSeconds(60)))
              .orElseThrow();
      assertTrue(Stores.load(store, token).isPresent());
    }
  }

  private static void isNotTrusted(int port) {
    SessionStoreException e = assertThrows(SessionStoreException.class, () -> useSessions(port));
    assertTrue(
        String.valueOf(e.getMessage()).contains("TLS certificate is not trusted"), e.getMessage());
  }

  @Test
  void aCertificateThatIsTrustedIsAccepted() throws Exception {
    TlsKeys keys = keys("ip:127.0.0.1");
    try (RedisServer server = RedisServer.start(RedisBinary.V7_OR_NEWER, keys)) {
      keys.trust();
      useSessions(server.port());
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsRefused() throws Exception {
    TlsKeys keys = keys("ip:127.0.0.1");
    try (RedisServer server = RedisServer.start(RedisBinary.V7_OR_NEWER, keys)) {
      isNotTrusted(server.port());
      assertTrue(server.process().isAlive());
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    TlsKeys keys = keys("dns:redis.example.org,dns:localhost");
    try (RedisServer server = RedisServer.start(RedisBinary.V7_OR_NEWER, keys)) {
      keys.trust();
      isNotTrusted(server.port());
      assertTrue(server.process().isAlive());
    }
  }
}
