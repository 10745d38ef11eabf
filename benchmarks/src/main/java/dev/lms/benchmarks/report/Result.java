// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole run.
 *
 * @param command what a person typed
 * @param began in UTC, as ISO 8601
 * @param seconds that it took
 * @param commit of the sources; with a plus sign behind it if they were changed since
 * @param versions of the JDK, Redis and the libraries
 * @param missing in sentences, what was left out and why
 * @param curves of costs over sizes
 */
public record Result(
    String command,
    String began,
    long seconds,
    String commit,
    Machine machine,
    Map<String, String> versions,
    List<Ratio> ratios,
    List<Time> times,
    List<Rate> rates,
    List<Cell> guarantees,
    List<String> missing,
    List<Curve> curves) {

  /** Its name in a folder of results. */
  public static final String FILE = "result.json";

  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeSpecialFloatingPointValues()
          .create();

  /** Results of before there were curves have none. */
  public Result {
    curves = curves == null ? List.of() : List.copyOf(curves);
  }

  /** Without curves. */
  public Result(
      String command,
      String began,
      long seconds,
      String commit,
      Machine machine,
      Map<String, String> versions,
      List<Ratio> ratios,
      List<Time> times,
      List<Rate> rates,
      List<Cell> guarantees,
      List<String> missing) {
    this(
        command,
        began,
        seconds,
        commit,
        machine,
        versions,
        ratios,
        times,
        rates,
        guarantees,
        missing,
        List.of());
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param path the file or its folder
   * @throws IOException with a sentence for people, if there is none or it is none
   */
  public static Result read(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
    if (!Files.isReadable(file)) {
      throw new IOException("There is no " + file + ".");
    }
    try {
      Result result = GSON.fromJson(Files.readString(file), Result.class);
      if (result == null || result.ratios == null || result.machine == null) {
        throw new IOException(file + " is no result of lmsctl bench.");
      }
      return result;
    } catch (JsonParseException e) {
      throw new IOException(file + " is no result of lmsctl bench.", e);
    }
  }

  /** Into this folder: {@code result.json}, {@code report.md} and the charts. */
  public void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), GSON.toJson(this) + '\n');
    Files.writeString(folder.resolve("report.md"), Report.of(this));
    writeCharts(folder);
  }

  /** The charts alone; those there are no figures for are left as they are. */
  public void writeCharts(Path folder) throws IOException {
    for (Optional<Chart> chart : List.of(Chart.reads(this), Chart.pages(this))) {
      if (chart.isPresent()) {
        Files.writeString(folder.resolve(chart.get().file()), chart.get().svg());
      }
    }
    if (!curves.isEmpty()) {
      Files.writeString(folder.resolve(Growth.FILE), Growth.svg(curves, beneath()));
    }
  }

  /** How many limits do not hold, and how many guarantees of ours. */
  public int broken() {
    return (int)
        (ratios.stream().filter(ratio -> !ratio.holds()).count()
            + guarantees.stream().filter(cell -> cell.ours() && cell.broken() > 0).count());
  }

  /** Beneath a chart: what, where, with what. */
  List<String> beneath() {
    return List.of(
        command + ", commit " + commit + ", " + began.substring(0, 10),
        machine.text(),
        "JDK "
            + versions.getOrDefault("jdk", "?")
            + ", Redis "
            + versions.getOrDefault("redis", "?"));
  }
}
