// The only file that uses zlib, where Perigee is built with it.
#include <perigee/lib/data/byte_source.hpp>

#include <algorithm>
#include <utility>

#ifdef PERIGEE_HAS_ZLIB
#include <zlib.h>
#endif

namespace perigee::data {

#ifdef PERIGEE_HAS_ZLIB

namespace {

class Inflated final : public ByteSource {
 public:
  Inflated(std::unique_ptr<ByteSource> source, Compression compression)
      : source_(std::move(source)), compression_(compression), input_(std::size_t{1} << 16) {
    // Negative: a raw stream; 16 more: a gzip header and checksum (zlib.h, inflateInit2).
    const int window_bits = compression == Compression::gzip ? MAX_WBITS + 16 : -MAX_WBITS;
    if (::inflateInit2(&stream_, window_bits) != Z_OK) throw ReadError(name() + ": zlib does not start");
  }
  ~Inflated() override { ::inflateEnd(&stream_); }
  Inflated(const Inflated&) = delete;
  Inflated& operator=(const Inflated&) = delete;

  std::size_t read(std::span<std::uint8_t> out) override {
    std::size_t count = 0;
    while (count < out.size() && !is_finished_) {
      if (stream_.avail_in == 0) fill();
      const std::size_t wanted = std::min(out.size() - count, std::size_t{1} << 24);
      stream_.next_out = out.data() + count;
      stream_.avail_out = static_cast<uInt>(wanted);
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      const std::size_t got = wanted - stream_.avail_out;
      count += got;
      offset_ += got;
      if (offset_ > greatest_decompressed_size) {
        fail("expected at most " + std::to_string(greatest_decompressed_size) + " decompressed bytes, got more");
      }
      if (status == Z_STREAM_END) {
        finish_member();
      } else if (status == Z_BUF_ERROR && is_at_end_) {
        fail("expected more compressed data, got the end of the file");
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        fail(std::string("expected compressed data, got an error of zlib: ") +
             (stream_.msg != nullptr ? stream_.msg : "of its arguments"));
      }
    }
    return count;
  }

  std::uint64_t bound() const override {
    if (is_finished_) return 0;
    // Deflate makes at most 1032 bytes of one: 258 a pair of bits (zlib's technical page). What zlib still holds in
    // its window, 32 KiB and a match, has been counted as read.
    const std::uint64_t compressed = stream_.avail_in + source_->bound();
    const std::uint64_t still = compressed > greatest_decompressed_size ? greatest_decompressed_size
                                                                        : 1032 * compressed + (std::uint64_t{1} << 17);
    return std::min(still, greatest_decompressed_size - offset_);
  }
  std::uint64_t offset() const override { return offset_; }
  const std::string& name() const override { return source_->name(); }

 private:
  void fill() {
    const std::size_t count = source_->read(input_);
    is_at_end_ = count == 0;
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(count);
  }

  // After one gzip member there may be another, or the end; nothing else.
  void finish_member() {
    if (stream_.avail_in == 0) fill();
    if (stream_.avail_in == 0) {
      is_finished_ = true;
    } else if (compression_ == Compression::gzip && stream_.next_in[0] == 0x1f) {
      ::inflateReset(&stream_);
    } else {
      fail("expected the end of the compressed data, got more bytes");
    }
  }

  std::unique_ptr<ByteSource> source_;
  Compression compression_;
  std::vector<std::uint8_t> input_;
  z_stream stream_{};
  bool is_at_end_ = false;
  bool is_finished_ = false;
  std::uint64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> source, Compression compression) {
  return std::make_unique<Inflated>(std::move(source), compression);
}

#else

std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> source, Compression) {
  throw ReadError(source->name() + ": is compressed, and this Perigee was built without zlib; decompress it first");
}

#endif

}  // namespace perigee::data
