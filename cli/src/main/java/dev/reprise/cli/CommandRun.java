package dev.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses one command's words, then prints its help or calls it. */
final class CommandRun {
  private CommandRun() {}

  /**
   * @throws UsageException when the words do not fit the command
   */
  static ExitCode execute(CommandName name, List<String> words, Console console) throws Exception {
    Callable<ExitCode> command = name.create(console);
    CommandLine line = new CommandLine(command);
    line.setExpandAtFiles(false);
    try {
      line.parseArgs(words.toArray(new String[0]));
    } catch (ParameterException e) {
      throw new UsageException(
          complaint(e, line.getCommandSpec())
              + " ('reprise "
              + name.word()
              + " --help' says more)");
    }
    if (line.isUsageHelpRequested()) {
      line.setUsageHelpAutoWidth(false);
      line.usage(console.out(), CommandLine.Help.Ansi.OFF);
      return ExitCode.FINE;
    }
    return command.call();
  }

  private static String complaint(ParameterException e, CommandSpec spec) {
    return switch (e) {
      case UnmatchedArgumentException unmatched when !unmatched.getUnmatched().isEmpty() -> {
        String word = unmatched.getUnmatched().getFirst();
        yield word.startsWith("-")
            ? "unknown option '" + word + "'" + Choices.hint(word, optionNames(spec))
            : "unexpected word '" + word + "'" + argumentHint(word, spec);
      }
      case MissingParameterException missing when !missing.getMissing().isEmpty() ->
          missing(missing.getMissing().getFirst());
      default -> firstLine(e);
    };
  }

  /** {@code run f.dml X=3}: an argument of the script without the word that begins them. */
  private static String argumentHint(String word, CommandSpec spec) {
    return word.indexOf('=') > 0 && spec.findOption("--nvargs") != null
        ? "; arguments of the script follow --nvargs"
        : "";
  }

  private static String missing(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return argument.paramLabel() + " is missing";
    }
    return option.required()
        ? option.longestName() + " " + option.paramLabel() + " is missing"
        : option.longestName() + " needs a value: " + option.paramLabel();
  }

  private static List<String> optionNames(CommandSpec spec) {
    List<String> names = new ArrayList<>();
    spec.options().forEach(option -> names.addAll(List.of(option.names())));
    return names;
  }

  private static String firstLine(ParameterException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    // Types in the words of a person, not of Java.
    line = line.replaceFirst("is not an? (long|int)$", "is no whole number of that size");
    line = line.replaceFirst("is not a boolean$", "is neither true nor false");
    return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
  }
}
