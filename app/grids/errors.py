"""What can go wrong with areas, cells and their files, by name."""

from app.problems import AppError


class UnsupportedFile(AppError):
    """The file is none of the formats that are read."""

    slug, status = "unsupported-file", 415
    title = ("不支持的文件格式", "This kind of file is not read")
    detail = (
        "「{file}」不是可读的格式；请提供 GeoJSON、GeoPackage 或 Shapefile（上传时打包为 zip）",
        "'{file}' is none of GeoJSON, GeoPackage, Shapefile (zipped when it is uploaded)",
    )


class UnreadableFile(AppError):
    """The format is known, but this file is damaged, empty or packed in a way that is refused."""

    slug, status = "unreadable-file", 422
    title = ("文件无法读取", "The file can't be read")
    detail = ("「{file}」：{reason}", "'{file}': {reason}")


class UnknownField(AppError):
    """The file has no attribute of that name; `fields` lists those that it has."""

    slug, status = "unknown-field", 422
    title = ("文件中没有这个字段", "The file has no such field")
    detail = (
        "没有字段「{field}」；文件中的字段：{fields}",
        "There is no field '{field}'; the file has: {fields}",
    )


class UnknownLayer(AppError):
    """Several layers and none named, or none of that name."""

    slug, status = "unknown-layer", 422
    title = ("请指明图层", "Say which layer is meant")
    detail = (
        "请用 layer（命令行 --layer）指定图层；文件中的图层：{layers}",
        "Name one with layer (--layer on a terminal); the file has: {layers}",
    )


class MissingCrs(AppError):
    """Nothing tells which coordinate system the numbers are in."""

    slug, status = "missing-crs", 422
    title = ("文件未声明坐标系", "The file does not say which coordinate system it is in")
    detail = (
        "请用 crs（命令行 --crs）说明：cgcs2000、wgs84、gcj02、bd09 或 EPSG:4509 这样的代码",
        "Say it with crs (--crs on a terminal): cgcs2000, wgs84, gcj02, bd09 or, say, EPSG:4509",
    )


class WrongCrs(AppError):
    """The coordinates do not fit the system that they are said to be in."""

    slug, status = "wrong-crs", 422
    title = ("坐标与坐标系不符", "The coordinates do not fit their coordinate system")
    detail = (
        "按 {crs} 读取后坐标超出经纬度范围；请检查文件的坐标系声明，或用 crs（--crs）指定",
        "Read as {crs}, they leave the range of degrees; check what the file declares, or name crs "
        "(--crs)",
    )


class NoSuchPlace(AppError):
    """A latitude beyond the pole, and turning the pair round does not help."""

    slug, status = "no-such-place", 422
    title = ("纬度超出范围", "The latitude is out of range")
    detail = (
        "纬度应在 -90 至 90 之间；lon 与 lat 可能写反了",
        "A latitude lies between -90 and 90; lon and lat may be swapped",
    )


class AlreadyRun(AppError):
    """An import is run once."""

    slug, status = "import-already-run", 409
    title = ("该导入已执行", "The import has been run")
