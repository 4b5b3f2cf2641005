package dev.reprise.bench.csv;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Writes a csv file of 100 numeric columns: {@code NumericCsv FILE MEGABYTES decimals|integers}.
 * Decimals have 6 to 17 digits, some a sign, one to two digits before the point; integers 1 to 10
 * digits. The same arguments give the same file.
 */
public final class NumericCsv {
  private static final int COLS = 100;
  private static final int MOST_DIGITS = 17;

  private NumericCsv() {}

  public static void main(String[] args) throws IOException {
    long bytes = Long.parseLong(args[1]) * 1_000_000;
    boolean decimals = args[2].equals("decimals");
    SplittableRandom random = new SplittableRandom(7);
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(Path.of(args[0])), 1 << 20)) {
      StringBuilder line = new StringBuilder();
      for (long written = 0; written < bytes; written += line.length()) {
        line.setLength(0);
        for (int c = 0; c < COLS; c++) {
          line.append(c == 0 ? "" : ",");
          if (decimals) {
            decimal(line, random, c);
          } else {
            line.append(random.nextInt(1 << 1 + random.nextInt(30)));
          }
        }
        out.write(line.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private static void decimal(StringBuilder line, SplittableRandom random, int col) {
    int digits = 6 + col % (MOST_DIGITS - 5);
    if (digits == MOST_DIGITS) {
      line.append(random.nextDouble());
      return;
    }
    int whole = col % 3;
    line.append(random.nextBoolean() ? "-" : "");
    line.append(whole == 0 ? 0 : whole == 1 ? random.nextInt(10) : 10 + random.nextInt(90));
    line.append('.');
    for (int d = whole; d < digits; d++) {
      line.append((char) ('0' + random.nextInt(10)));
    }
  }
}
