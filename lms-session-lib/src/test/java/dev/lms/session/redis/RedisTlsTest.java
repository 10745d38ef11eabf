package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
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
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
  private static final char[] PASSWORD = "for tests".toCharArray();

  @TempDir private Path folder;

  @AfterEach
  void trustAsBefore() {
    System.clearProperty(TRUST_STORE);
    System.clearProperty(TRUST_STORE_PASSWORD);
  }

  /** Makes a certificate for that name; answers the key store that holds it. */
  private Path certificate(String name) throws Exception {
    Path store = folder.resolve("keys.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "EC",
                "-dname",
                "CN=redis",
                "-ext",
                "san=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor() == 0, said);
    return store;
  }

  private RedisServer start(Path store, int port) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    Path certificate = pem("CERTIFICATE", keys.getCertificate("redis").getEncoded());
    Path key = pem("PRIVATE KEY", keys.getKey("redis", PASSWORD).getEncoded());
    return RedisServer.start(
        RedisBinary.V7_OR_NEWER,
        "--tls-port",
        Integer.toString(port),
        "--tls-cert-file",
        certificate.toString(),
        "--tls-key-file",
        key.toString(),
        "--tls-auth-clients",
        "no");
  }

  private Path pem(String what, byte[] encoded) throws IOException {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        folder.resolve(what + ".pem"),
        "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
  }

  private static void trust(Path store) {
    System.setProperty(TRUST_STORE, store.toString());
    System.setProperty(TRUST_STORE_PASSWORD, new String(PASSWORD));
  }

  private static void useSessions(int port) {
    try (UnifiedJedis client = RedisConnections.open("rediss://127.0.0.1:" + port, 2)) {
      SessionStore store = new RedisSessionStore(client, KEYS, "session:");
      String token = store.create(STRANGER, Map.of("a", "1"), NOW.plusSeconds(60), NOW);
      assertTrue(store.load(token).isPresent());
    }
  }

  private static void isNotTrusted(int port) {
    SessionStoreException e = assertThrows(SessionStoreException.class, () -> useSessions(port));
    assertTrue(
        String.valueOf(e.getMessage()).contains("TLS certificate is not trusted"), e.getMessage());
  }

  @Test
  void aCertificateThatIsTrustedIsAccepted() throws Exception {
    Path store = certificate("ip:127.0.0.1");
    int port = RedisServer.freePort();
    try (RedisServer server = start(store, port)) {
      trust(store);
      useSessions(port);
      assertTrue(server.process().isAlive());
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsRefused() throws Exception {
    Path store = certificate("ip:127.0.0.1");
    int port = RedisServer.freePort();
    try (RedisServer server = start(store, port)) {
      isNotTrusted(port);
      assertTrue(server.process().isAlive());
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    Path store = certificate("dns:redis.example.org");
    int port = RedisServer.freePort();
    try (RedisServer server = start(store, port)) {
      trust(store);
      isNotTrusted(port);
      assertTrue(server.process().isAlive());
    }
  }
}
