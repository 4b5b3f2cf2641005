package dev.reprise.formats.tensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.reprise.formats.FormatException;
import dev.reprise.formats.JsonMistake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a safetensors file says of its tensors.
 *
 * @param tensors in the order of their cells
 * @param dataStart where the cells begin
 */
record SafetensorsHeader(List<Tensor> tensors, long dataStart) {
  private static final long LONGEST = 100 << 20;

  /** One tensor; {@code from} counts from the first cell of all. */
  record Tensor(String name, TensorType type, List<Long> shape, long from, long to) {

    long rows() {
      return shape.isEmpty() ? 1 : shape.getFirst();
    }

    long cols() {
      long cols = 1;
      for (int i = 1; i < shape.size(); i++) {
        cols = Math.multiplyExact(cols, shape.get(i));
      }
      return cols;
    }
  }

  static SafetensorsHeader read(FileChannel channel, String file) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0, file);
    long bytes = length.flip().getLong();
    if (bytes < 2 || bytes > LONGEST || bytes > channel.size() - Long.BYTES) {
      throw new FormatException(
          file, "this is no safetensors file, or it is truncated; check format= or copy it again");
    }
    ByteBuffer text = ByteBuffer.allocate((int) bytes);
    readFully(channel, text, Long.BYTES, file);
    long dataStart = Long.BYTES + bytes;
    List<Tensor> tensors;
    try (JsonParser json = new JsonFactory().createParser(text.array())) {
      tensors = parse(json, file);
    } catch (JsonProcessingException e) {
      throw damaged(file, JsonMistake.words(e));
    }
    for (Tensor tensor : tensors) {
      check(tensor, channel.size() - dataStart, file);
    }
    tensors.sort(Comparator.comparingLong(Tensor::from).thenComparingLong(Tensor::to));
    requireGapless(tensors, channel.size() - dataStart, file);
    return new SafetensorsHeader(List.copyOf(tensors), dataStart);
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long from, String file)
      throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, from + target.position()) < 0) {
        throw new FormatException(file, "this is no safetensors file: it ends too early");
      }
    }
  }

  private static FormatException damaged(String file, String what) {
    return new FormatException(
        file, "the header of the safetensors file is damaged: " + what + "; copy the file again");
  }

  private static void expect(JsonParser json, JsonToken token, String file) throws IOException {
    if (json.nextToken() != token) {
      throw damaged(file, "found " + words(json.currentToken()) + " instead of " + words(token));
    }
  }

  private static String words(JsonToken token) {
    return switch (token) {
      case null -> "the end";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction";
      default -> "\"" + token.asString() + "\"";
    };
  }

  private static List<Tensor> parse(JsonParser json, String file) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    expect(json, JsonToken.START_OBJECT, file);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (!names.add(name)) {
        throw damaged(file, "there are two tensors \"" + name + "\"");
      }
      expect(json, JsonToken.START_OBJECT, file);
      if (name.equals("__metadata__")) {
        json.skipChildren();
      } else {
        tensors.add(tensor(name, json, file));
      }
    }
    return tensors;
  }

  private static Tensor tensor(String name, JsonParser json, String file) throws IOException {
    String type = null;
    List<Long> shape = null;
    List<Long> place = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      switch (json.currentName()) {
        case "dtype" -> type = json.nextTextValue();
        case "shape" -> shape = numbers(json, file);
        case "data_offsets" -> place = numbers(json, file);
        default -> {
          json.nextToken();
          json.skipChildren();
        }
      }
    }
    if (type == null || shape == null || place == null || place.size() != 2) {
      throw damaged(file, "tensor \"" + name + "\" has no type, shape or place");
    }
    TensorType known = TensorType.named(type);
    if (known == null) {
      throw new FormatException(
          file,
          "tensor \""
              + name
              + "\" has cells of type "
              + type
              + ", which cannot be read; use F64, F32, F16, BF16, BOOL or integers");
    }
    return new Tensor(name, known, shape, place.get(0), place.get(1));
  }

  private static List<Long> numbers(JsonParser json, String file) throws IOException {
    expect(json, JsonToken.START_ARRAY, file);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      numbers.add(json.getLongValue());
    }
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw damaged(file, "a list of whole numbers holds " + words(json.currentToken()));
    }
    return List.copyOf(numbers);
  }

  private static void check(Tensor tensor, long dataBytes, String file) {
    long bytes = tensor.type().bytes();
    try {
      for (long extent : tensor.shape()) {
        if (extent < 0) {
          throw damaged(file, "tensor \"" + tensor.name() + "\" has a negative extent");
        }
        bytes = Math.multiplyExact(bytes, extent);
      }
    } catch (ArithmeticException e) {
      throw damaged(file, "tensor \"" + tensor.name() + "\" is too large");
    }
    if (tensor.from() < 0 || tensor.to() - tensor.from() != bytes) {
      throw damaged(file, "shape and place of tensor \"" + tensor.name() + "\" disagree");
    }
    if (tensor.to() > dataBytes) {
      throw new FormatException(
          file,
          "the file is truncated: tensor \""
              + tensor.name()
              + "\" ends at byte "
              + tensor.to()
              + " of "
              + dataBytes
              + "; copy it again");
    }
  }

  /** Refuses tensors that share bytes, and bytes of no tensor, as the format does. */
  private static void requireGapless(List<Tensor> tensors, long dataBytes, String file) {
    long end = 0;
    String last = null;
    for (Tensor tensor : tensors) {
      String name = "\"" + tensor.name() + "\"";
      if (tensor.from() < end) {
        throw damaged(
            file,
            "tensor "
                + name
                + " begins at byte "
                + tensor.from()
                + ", but "
                + last
                + " before it ends at byte "
                + end);
      }
      if (tensor.from() > end) {
        throw damaged(
            file,
            "the "
                + (tensor.from() - end)
                + " bytes before tensor "
                + name
                + " belong to no tensor");
      }
      end = tensor.to();
      last = name;
    }
    if (end < dataBytes) {
      throw damaged(
          file,
          "the last "
              + (dataBytes - end)
              + " bytes of the file belong to no tensor"
              + (last == null ? "" : "; " + last + " ends before them"));
    }
  }

  /** The tensor of that name; the only one for null. */
  Tensor find(String name, String file) {
    for (Tensor tensor : tensors) {
      if (tensor.name().equals(name) || name == null && tensors.size() == 1) {
        return tensor;
      }
    }
    String names = tensors.stream().map(Tensor::name).limit(20).collect(Collectors.joining(", "));
    throw new FormatException(
        file,
        name == null
            ? "the file holds "
                + tensors.size()
                + " tensors; name one with dataset=, or read them as a list; there are "
                + names
            : "there is no tensor \"" + name + "\"; there are " + names);
  }
}
