package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The programs in the README are those that the build compiles, and runs, in src/it/readme. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

  @Test
  void theFirstProgramIsTheOneThatTheBuildRuns() throws IOException {
    String program = Files.readString(Path.of("src/it/readme/src/main/java/Hello.java"));
    Matcher block = JAVA.matcher(Files.readString(Path.of("../README.md")));
    assertTrue(block.find(), "the README has a java block");
    assertEquals(program, block.group(1));
    assertTrue(program.lines().count() < 20, "a program under 20 lines");
  }

  @Test
  void theOthersAreThoseThatTheBuildCompiles() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    for (String name : List.of("Basket", "NewIds")) {
      String program = Files.readString(Path.of("src/it/readme/src/main/java/" + name + ".java"));
      assertTrue(readme.contains("```java\n" + program + "```\n"), name);
    }
  }
}
