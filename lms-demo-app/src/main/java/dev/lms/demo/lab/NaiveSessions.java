// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Sessions as they are often kept: a request reads all of one, changes what it likes, and writes
 * all of it back, whatever others did meanwhile. In files that all workers share. Wrong on purpose.
 */
final class NaiveSessions {
  private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,80}");
  private static final Gson GSON = new Gson();

  private final Path folder;

  NaiveSessions(Path folder) {
    this.folder = folder;
  }

  Optional<Map<String, String>> read(String id) {
    try {
      String text = Files.readString(file(id));
      return Optional.of(
          new HashMap<>(GSON.fromJson(text, new TypeToken<Map<String, String>>() {})));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(String id, Map<String, String> session) {
    try {
      Files.createDirectories(folder);
      Path written = Files.createTempFile(folder, "session", ".new");
      Files.writeString(written, GSON.toJson(session));
      Files.move(written, file(id), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String id) {
    try {
      Files.deleteIfExists(file(id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not an id: " + id);
    }
    return folder.resolve(id);
  }
}
