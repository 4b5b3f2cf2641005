package dev.reprise.bench.compare;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a script printed, without the lines that may differ between runs.
 *
 * <p>Lines that begin with {@code @} are not results: {@code @seconds s} is the script's own time,
 * {@code @info} is for people.
 */
record Output(List<String> lines, double workSeconds, boolean hasError) {
  private static final Pattern NUMBER =
      Pattern.compile("(?<![A-Za-z0-9_.])-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

  static Output of(String text) {
    List<String> lines = new ArrayList<>();
    double workSeconds = Double.NaN;
    boolean timing = false;
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.equals("SystemDS Statistics:")) {
        timing = true; // printed after every program: not the script's
      } else if (line.startsWith("@seconds ")) {
        workSeconds = Double.parseDouble(line.substring("@seconds ".length()));
      } else if (!line.isEmpty() && !timing && !line.startsWith("@")) {
        lines.add(line);
      }
    }
    // SystemDS ends with exit code 0 after an error, so its text has to tell.
    return new Output(List.copyOf(lines), workSeconds, text.contains("An Error Occurred"));
  }

  /** Whether both print the same words and numbers within {@code tolerance} (relative). */
  boolean agreesWith(Output other, double tolerance) {
    if (lines.size() != other.lines.size()) {
      return false;
    }
    for (int i = 0; i < lines.size(); i++) {
      String mine = lines.get(i);
      String theirs = other.lines.get(i);
      if (!NUMBER.matcher(mine).replaceAll("#").equals(NUMBER.matcher(theirs).replaceAll("#"))
          || !numbersAgree(NUMBER.matcher(mine), NUMBER.matcher(theirs), tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean numbersAgree(Matcher mine, Matcher theirs, double tolerance) {
    while (mine.find() && theirs.find()) {
      double a = Double.parseDouble(mine.group());
      double b = Double.parseDouble(theirs.group());
      if (Math.abs(a - b) > tolerance * Math.max(Math.abs(a), Math.abs(b))) {
        return false;
      }
    }
    return true;
  }

  /** SHA-256 over the lines with every number rounded to six digits, in short form. */
  String checksum() {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      Matcher number = NUMBER.matcher(line);
      text.append(
              number.replaceAll(m ->
                  new BigDecimal(m.group())
                      .round(new MathContext(6))
                      .stripTrailingZeros()
                      .toString()))
          .append('\n');
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
