package dev.reprise.cli;

import dev.reprise.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Inputs from a file or pipe: lines are joined until nothing is open; no prompts. */
final class PlainInput implements ReplInput {
  private final BufferedReader lines;

  PlainInput(InputStream in) {
    this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  @Override
  public String next(String prompt) throws IOException {
    StringBuilder input = new StringBuilder();
    String line;
    while ((line = lines.readLine()) != null) {
      input.append(input.isEmpty() ? "" : "\n").append(line);
      if (ReplCommands.isCommand(input.toString()) || !Workspace.isOpen(input.toString())) {
        return input.toString();
      }
    }
    return input.isEmpty() ? null : input.toString();
  }

  /** Ctrl-C ends the whole command, as in {@code reprise run}. */
  @Override
  public void onInterrupt(Runnable action) {}

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
