// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** A key and a certificate that signs itself, for servers in a test. */
public record TlsKeys(Path store, Path certificate, Path key) {
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
  private static final char[] PASSWORD = "for tests".toCharArray();

  /**
   * Makes them in that folder.
   *
   * @param name as keytool takes it, for example {@code ip:127.0.0.1}
   */
  public static TlsKeys make(Path folder, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
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
    if (process.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    return new TlsKeys(
        store,
        pem(folder, "CERTIFICATE", keys.getCertificate("redis").getEncoded()),
        pem(folder, "PRIVATE KEY", keys.getKey("redis", PASSWORD).getEncoded()));
  }

  private static Path pem(Path folder, String what, byte[] encoded) throws IOException {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        folder.resolve(what + ".pem"),
        "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
  }

  /** What a server's configuration says: TLS on that port, and to other nodes; nothing else. */
  List<String> options(int port) {
    return List.of(
        "port 0",
        "tls-port " + port,
        "tls-cert-file " + quoted(certificate),
        "tls-key-file " + quoted(key),
        "tls-ca-cert-file " + quoted(certificate),
        "tls-auth-clients no",
        "tls-replication yes");
  }

  private static String quoted(Path file) {
    return '"' + file.toString() + '"';
  }

  /** For a connection of the test's own, which trusts nothing else, whatever the host's name. */
  public JedisClientConfig client() {
    SslOptions trusting =
        SslOptions.builder()
            .truststore(store.toFile(), PASSWORD)
            .sslVerifyMode(SslVerifyMode.CA)
            .build();
    return DefaultJedisClientConfig.builder().sslOptions(trusting).build();
  }

  /** For a client that trusts nothing else. */
  public SSLContext context() throws GeneralSecurityException, IOException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(KeyStore.getInstance(store.toFile(), PASSWORD));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** From now on this JVM trusts nothing else. */
  public void trust() {
    System.setProperty(TRUST_STORE, store.toString());
    System.setProperty(TRUST_STORE_PASSWORD, new String(PASSWORD));
  }

  /** The opposite of {@link #trust}. */
  public static void trustAsBefore() {
    System.clearProperty(TRUST_STORE);
    System.clearProperty(TRUST_STORE_PASSWORD);
  }
}
