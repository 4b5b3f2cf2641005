package dev.reprise.formats;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Writes a frame as JSON lines: one object per row, missing cells as null. */
final class JsonLinesWriter {
  private final TextSink out;

  JsonLinesWriter(FileChannel channel) {
    this.out = new TextSink(channel);
  }

  void write(Frame frame) throws IOException {
    String[] keys = new String[frame.cols()];
    for (int c = 0; c < keys.length; c++) {
      keys[c] = (c == 0 ? "{" : ",") + quoted(frame.names().get(c)) + ":";
    }
    for (int r = 0; r < frame.rows(); r++) {
      for (int c = 0; c < keys.length; c++) {
        out.put(keys[c]).put(value(frame, r, c));
      }
      out.put(keys.length == 0 ? "{}\n" : "}\n");
    }
    out.flush();
  }

  /** JSON has no name for NaN and the infinities: null for the one, texts for the others. */
  private static String value(Frame frame, int r, int c) {
    String text = FrameCells.text(frame, r, c);
    if (text == null || text.equals("NaN") && isNumber(frame, c)) {
      return "null";
    }
    boolean plain = frame.schema().get(c) == ColumnType.BOOLEAN || isFinite(frame, r, c);
    return plain ? text : quoted(text);
  }

  private static boolean isNumber(Frame frame, int c) {
    return frame.schema().get(c).storage() == ColumnType.Storage.DOUBLE;
  }

  private static boolean isFinite(Frame frame, int r, int c) {
    return switch (frame.schema().get(c)) {
      case DOUBLE, FP32 -> Double.isFinite(frame.doubles(c)[r]);
      case INTEGER, INT32, UINT8, UINT4 -> true;
      default -> false;
    };
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    return json.append('"').toString();
  }
}
