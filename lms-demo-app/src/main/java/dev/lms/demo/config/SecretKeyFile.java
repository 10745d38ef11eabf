package dev.lms.demo.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * The secret key of a site that was given none: generated once, readable by its owner only, the
 * same for every process that starts on the same data folder, however many start at once.
 */
public final class SecretKeyFile {
  private static final String NAME = "secret.key";
  private static final int KEY_BYTES = 32;

  private final Path folder;

  /** The key file in this data folder. */
  public SecretKeyFile(Path dataDir) {
    this.folder = dataDir;
  }

  /** A new key: 256 random bits in 43 characters. */
  public static String generate() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * The key in the file, which is created if it is not there.
   *
   * @throws ConfigException when the file cannot be used, with the remedy
   */
  public String readOrCreate() {
    Path file = folder.resolve(NAME);
    try {
      DataFolder.create(folder);
      try {
        return read(file);
      } catch (NoSuchFileException e) {
        create(file);
        return read(file);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new ConfigException(
          List.of(
              "LMS_DATA_DIR: no key could be kept in "
                  + file
                  + " ("
                  + e
                  + "); make the folder writable or set SECRET_KEY"));
    }
  }

  /** Whoever links first wins; a reader sees no key or a whole one, never a part. */
  private void create(Path file) throws IOException {
    Path temporary =
        Files.createTempFile(
            folder,
            NAME,
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(generate() + "\n");
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster: its key is the key.
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String read(Path file) throws IOException {
    String key = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (key.length() < 32) {
      throw new ConfigException(
          List.of(
              "SECRET_KEY: the generated key in "
                  + file
                  + " is damaged; delete the file (everyone is signed out) or set SECRET_KEY"));
    }
    return key;
  }
}
