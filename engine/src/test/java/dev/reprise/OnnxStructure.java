package dev.reprise;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What others ask of the nodes of a model, and our reader does not: names for all inputs and
 * outputs that are not optional, each made once and before it is taken. It reads the file by
 * itself, so that a mistake of our reader does not hide one of the writer.
 */
final class OnnxStructure {
  /** Operators whose first output may lack a name. */
  private static final Set<String> OF_OPTIONAL_OUTPUTS = Set.of("LSTM", "GRU", "RNN");

  /** How many inputs must have names, of operators that have others. */
  private static final Map<String, Integer> NEEDED =
      Map.of("LSTM", 3, "GRU", 3, "RNN", 3, "Resize", 1, "Clip", 1);

  private record Node(String operator, String name, List<String> inputs, List<String> outputs) {}

  private record Field(int number, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private OnnxStructure() {}

  /** All that is wrong, in words; nothing for a model that is in order. */
  static List<String> problems(Path file) throws IOException {
    Field graph =
        fields(Files.readAllBytes(file)).stream()
            .filter(field -> field.number == 7)
            .findFirst()
            .orElseThrow();
    Set<String> known = new HashSet<>();
    List<String> outputs = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    for (Field field : fields(graph.bytes)) {
      switch (field.number) {
        case 1 -> nodes.add(node(field));
        case 5 -> known.add(first(field, 8));
        case 11 -> known.add(first(field, 1));
        case 12 -> outputs.add(first(field, 1));
        default -> {
          // The graph's own name.
        }
      }
    }
    List<String> problems = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Node node : nodes) {
      check(node, known, problems);
      if (!names.add(node.name)) {
        problems.add("two nodes have the name " + node.name);
      }
    }
    outputs.stream()
        .filter(name -> !known.contains(name))
        .map(name -> "nothing makes " + name)
        .forEach(problems::add);
    return problems;
  }

  private static void check(Node node, Set<String> known, List<String> problems) {
    int needed = NEEDED.getOrDefault(node.operator, node.inputs.size());
    if (node.inputs.size() < Math.max(1, needed) || node.outputs.isEmpty()) {
      problems.add(node + " lacks inputs or outputs");
    }
    for (int i = 0; i < node.inputs.size(); i++) {
      String input = node.inputs.get(i);
      if (input.isEmpty() ? i < needed : !known.contains(input)) {
        problems.add(node + " takes what nothing before it makes as input " + i);
      }
    }
    for (String output : node.outputs) {
      boolean mayLackName = OF_OPTIONAL_OUTPUTS.contains(node.operator);
      if (output.isEmpty() ? !mayLackName : !known.add(output)) {
        problems.add(node + " has an output without a name, or one that there is");
      }
    }
  }

  private static Node node(Field field) {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    for (Field part : fields(field.bytes)) {
      if (part.number <= 2) {
        (part.number == 1 ? inputs : outputs).add(part.text());
      }
    }
    return new Node(first(field, 4), first(field, 3), inputs, outputs);
  }

  private static String first(Field message, int number) {
    return fields(message.bytes).stream()
        .filter(field -> field.number == number)
        .map(Field::text)
        .findFirst()
        .orElse("");
  }

  /** The fields of a message of protocol buffers. */
  private static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    int[] at = {0};
    while (at[0] < message.length) {
      long key = number(message, at);
      int kind = (int) (key & 7);
      long value = kind == 5 ? 4 : number(message, at);
      int size = kind == 0 ? 0 : (int) value;
      byte[] bytes = new byte[size];
      System.arraycopy(message, at[0], bytes, 0, size);
      at[0] += size;
      fields.add(new Field((int) (key >> 3), bytes));
    }
    return fields;
  }

  private static long number(byte[] message, int[] at) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = message[at[0]++];
      number |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
  }
}
